import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isOurComment, markerOf, writeMetadata } from '../../../src/github/comment-metadata.js';
import { readIssueOrComment } from '../../../src/runtime/issue-or-comment.js';

const marker = markerOf('rg-shop/aks-shop/migratory');

describe('the marker', () => {
  it('is an HTML comment with its words', () => {
    expect(marker).toBe('<!-- migratorydata-aks: rg-shop/aks-shop/migratory -->');
  });

  it('is one comment on one line for any words', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('-', '>', '<', '!', '\n', 'a', '/', ' ', 'é') }), words => {
        expect(markerOf(words)).toMatch(/^<!-- migratorydata-aks: [^<>\s]* -->$/);
      }),
    );
  });

  it('distinguishes words', () => {
    const encode = (words: readonly string[]): string => markerOf(words.join('/'));
    expect(encode(['a b', 'c'])).not.toBe(encode(['a', 'b c']));
  });
});

describe('a comment', () => {
  const bot = { user: { type: 'Bot' }, author_association: 'NONE' };
  const body = `${marker}\n${writeMetadata({ run: '1/1', operation: 'deploy', outcome: 'success' })}\ntext`;

  it.each([
    ['of a bot', bot, true],
    ['of an owner', { user: { type: 'User' }, author_association: 'OWNER' }, true],
    ['of a member', { user: { type: 'User' }, author_association: 'MEMBER' }, true],
    ['of a collaborator', { user: { type: 'User' }, author_association: 'COLLABORATOR' }, true],
    ['of a contributor', { user: { type: 'User' }, author_association: 'CONTRIBUTOR' }, false],
    ['of someone else', { user: { type: 'User' }, author_association: 'NONE' }, false],
    ['of nobody', { user: null }, false],
  ])('%s with the marker counts as ours: %j %s', (_, author, ours) => {
    expect(isOurComment(readIssueOrComment({ id: 1, body, ...author }), marker)).toBe(ours);
  });

  it.each([
    ['quotes the marker', `> ${marker}\n`],
    ['has the marker further down', `Look:\n${marker}\n`],
    ['has the marker of another cluster', markerOf('rg-shop/aks-shop/migratory-2')],
    ['has no body', null],
  ])('that %s is not ours', (_, other) => {
    expect(isOurComment(readIssueOrComment({ id: 1, body: other, ...bot }), marker)).toBe(false);
  });

  it('that was edited in a browser is still ours', () => {
    const edited = body.replaceAll('\n', '\r\n');
    expect(isOurComment(readIssueOrComment({ id: 1, body: edited, ...bot }), marker)).toBe(true);
  });
});
