import { describe, expect, it } from '@jest/globals';
import {
  chooseComment,
  readMetadata,
  type CommentMetadata,
  writeMetadata,
} from '../../../src/github/comment-metadata.js';

const metadata = (outcome: string, changes: Partial<CommentMetadata> = {}): CommentMetadata => ({
  run: '4711/1',
  operation: 'deploy',
  outcome,
  ...changes,
});

describe('the metadata', () => {
  it('is read from the comment that it was written into', () => {
    expect(readMetadata(`<!-- marker -->\n${writeMetadata(metadata('timed-out'))}\ntext`)).toEqual(
      metadata('timed-out'),
    );
    expect(readMetadata(`<!-- marker -->\r\n${writeMetadata(metadata('success'))}\r\ntext`)).toEqual(
      metadata('success'),
    );
  });

  it('is undefined when someone has removed it', () => {
    expect(readMetadata('<!-- marker -->\ntext')).toBeUndefined();
  });
});

describe('chooseComment', () => {
  it.each([
    ['always', 'success', 'create'],
    ['always', 'failure', 'create'],
    ['on-failure', 'success', 'none'],
    ['on-failure', 'failure', 'create'],
    ['on-failure', 'cancelled', 'create'],
    ['on-failure', 'timed-out', 'create'],
  ] as const)('%s, %s, without a comment: %s', (when, outcome, choice) => {
    expect(chooseComment(when, metadata(outcome), undefined)).toBe(choice);
  });

  it.each(['always', 'on-failure'] as const)('%s: updates an existing comment, even for a success', when => {
    const earlier = metadata('failure', { run: '4700/1' });
    for (const outcome of ['success', 'failure', 'cancelled', 'timed-out']) {
      expect(chooseComment(when, metadata(outcome), { metadata: earlier })).toBe('update');
      expect(chooseComment(when, metadata(outcome), { metadata: undefined })).toBe('update');
    }
  });

  it.each([
    ['the failure of another step of its run', metadata('failure', { operation: 'scale' }), 'none'],
    ['the cancellation of another step of its run', metadata('cancelled', { operation: 'scale' }), 'none'],
    ['the failure of the same step before a retry', metadata('failure'), 'update'],
    ['the failure of an earlier attempt', metadata('failure', { operation: 'scale', run: '4711/0' }), 'update'],
    ['the success of another step', metadata('success', { operation: 'scale' }), 'update'],
  ] as const)('for a success after %s', (_, former, choice) => {
    expect(chooseComment('always', metadata('success'), { metadata: former })).toBe(choice);
  });

  it('replaces the failure of another step with a failure', () => {
    const former = { metadata: metadata('failure', { operation: 'scale' }) };
    expect(chooseComment('on-failure', metadata('failure'), former)).toBe('update');
  });
});
