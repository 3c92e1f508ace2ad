import { describe, expect, it } from '@jest/globals';
import { redactReport } from '../../../src/journal/redaction.js';
import { fullReport } from '../report/samples.js';

describe('a redacted report', () => {
  it('keeps internal fields even when a secret contains their values', () => {
    const shown = redactReport(fullReport(), text => text.replaceAll(/failed|failure|fail|kubectl/g, '***'));
    expect(shown.outcome).toBe('failure');
    expect(shown.phases[1]?.status).toBe('failed');
    expect(shown.experiments[0]?.verdict).toBe('fail');
    expect(shown.commands[2]?.tool).toBe('kubectl');
  });

  it('is a copy', () => {
    const report = fullReport();
    redactReport(report, () => '***');
    expect(report).toEqual(fullReport());
  });

  it('redacts all other text', () => {
    const shown = redactReport(fullReport(), () => '***');
    const texts = JSON.stringify({ ...shown, phases: shown.phases.map(phase => ({ ...phase, startedAt: '' })) });
    for (const text of ['4711', 'migratorydata-0', 'aks-1', 'Unrecognized', 'version', 'apply', '20.1.2.3']) {
      expect(texts).not.toContain(text);
    }
  });
});
