import { describe, expect, it } from '@jest/globals';
import {
  chooseComment,
  readMetadata,
  type CommentMetadata,
  writeMetadata,
} from '../../../src/github/comment-metadata.js';

const stamp = (outcome: string, changes: Partial<CommentMetadata> = {}): CommentMetadata => ({
  run: '4711/1',
  operation: 'deploy',
  outcome,
  ...changes,
});

describe('a stamp', () => {
  it('is read from the comment that it was written into', () => {
    expect(readMetadata(`<!-- marker -->\n${writeMetadata(stamp('timed-out'))}\ntext`)).toEqual(stamp('timed-out'));
    expect(readMetadata(`<!-- marker -->\r\n${writeMetadata(stamp('success'))}\r\ntext`)).toEqual(stamp('success'));
  });

  it('is missing where somebody has removed it', () => {
    expect(readMetadata('<!-- marker -->\ntext')).toBeUndefined();
  });
});

describe('what is done about the comment', () => {
  it.each([
    ['always', 'success', 'create'],
    ['always', 'failure', 'create'],
    ['on-failure', 'success', 'none'],
    ['on-failure', 'failure', 'create'],
    ['on-failure', 'cancelled', 'create'],
    ['on-failure', 'timed-out', 'create'],
  ] as const)('%s, %s, none there: %s', (when, outcome, choice) => {
    expect(chooseComment(when, stamp(outcome), undefined)).toBe(choice);
  });

  it.each(['always', 'on-failure'] as const)('%s: what is there is brought up to date, also by a success', when => {
    const earlier = stamp('failure', { run: '4700/1' });
    for (const outcome of ['success', 'failure', 'cancelled', 'timed-out']) {
      expect(chooseComment(when, stamp(outcome), { stamp: earlier })).toBe('update');
      expect(chooseComment(when, stamp(outcome), { stamp: undefined })).toBe('update');
    }
  });

  it.each([
    ['the failure of another step of its run', stamp('failure', { operation: 'scale' }), 'none'],
    ['the cancel of another step of its run', stamp('cancelled', { operation: 'scale' }), 'none'],
    ['the failure of the same step, tried again', stamp('failure'), 'update'],
    ['the failure of a former attempt', stamp('failure', { operation: 'scale', run: '4711/0' }), 'update'],
    ['the success of another step', stamp('success', { operation: 'scale' }), 'update'],
  ] as const)('a success meets %s', (_, former, choice) => {
    expect(chooseComment('always', stamp('success'), { stamp: former })).toBe(choice);
  });

  it('a failure replaces that of another step', () => {
    const former = { stamp: stamp('failure', { operation: 'scale' }) };
    expect(chooseComment('on-failure', stamp('failure'), former)).toBe('update');
  });
});
