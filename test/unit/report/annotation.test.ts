import { describe, expect, it } from '@jest/globals';
import { ActionError } from '../../../src/errors/action-error.js';
import { annotationLimit, annotationOf } from '../../../src/report/annotation.js';

describe('the annotation of an error', () => {
  it('has the message, the hint and the evidence', () => {
    const error = new ActionError('crash-loop', 'Member 1 ended.', { hint: 'Read its log.', evidence: 'a\nb\n' });
    expect(annotationOf(error)).toBe('Member 1 ended.\nRead its log.\n\na\nb');
  });

  it('has two lines without evidence', () => {
    expect(annotationOf({ message: 'm', hint: 'h', evidence: ' \n' })).toBe('m\nh');
  });

  it('keeps the end of long evidence, in whole lines, within the limit of the runner', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const text = annotationOf({ message: 'm', hint: 'h', evidence: lines.join('\n') });
    expect(text.length).toBeLessThanOrEqual(annotationLimit);
    expect(text.length).toBeGreaterThan(annotationLimit - 100);
    expect(text).toMatch(/^m\nh\n\n\[\.\.\.\]\nline \d+\n/);
    expect(text.endsWith('\nline 4999')).toBe(true);
  });

  it('keeps hint and evidence when the message is very long', () => {
    const text = annotationOf({ message: 'm'.repeat(9000), hint: 'Do this.', evidence: 'the end' });
    expect(text.length).toBeLessThanOrEqual(annotationLimit);
    expect(text).toContain('[...]\nDo this.\n\nthe end');
  });
});
