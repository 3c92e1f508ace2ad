import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isOurComment, markerOf, writeMetadata } from '../../../src/github/comment-metadata.js';
import { readIssueOrComment } from '../../../src/runtime/issue-or-comment.js';

const marker = markerOf('rg-shop/aks-shop/migratory');

describe('the marker', () => {
  it('is a comment in HTML that shows what it stands for', () => {
    expect(marker).toBe('<!-- migratorydata-aks: rg-shop/aks-shop/migratory -->');
  });

  it('is one comment on one line, whatever the words', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('-', '>', '<', '!', '\n', 'a', '/', ' ', 'é') }), words => {
        expect(markerOf(words)).toMatch(/^<!-- migratorydata-aks: [^<>\s]* -->$/);
      }),
    );
  });

  it('tells words apart', () => {
    const encode = (words: readonly string[]): string => markerOf(words.join('/'));
    expect(encode(['a b', 'c'])).not.toBe(encode(['a', 'b c']));
  });
});

describe('a post', () => {
  const bot = { user: { type: 'Bot' }, author_association: 'NONE' };
  const body = `${marker}\n${writeMetadata({ run: '1/1', operation: 'deploy', outcome: 'success' })}\ntext`;

  it.each([
    ['of a bot', bot, true],
    ['of an owner', { user: { type: 'User' }, author_association: 'OWNER' }, true],
    ['of a member', { user: { type: 'User' }, author_association: 'MEMBER' }, true],
    ['of a collaborator', { user: { type: 'User' }, author_association: 'COLLABORATOR' }, true],
    ['of a contributor', { user: { type: 'User' }, author_association: 'CONTRIBUTOR' }, false],
    ['of a stranger', { user: { type: 'User' }, author_association: 'NONE' }, false],
    ['of nobody', { user: null }, false],
  ])('%s with the marker counts as ours: %j %s', (_, author, ours) => {
    expect(isOurComment(readIssueOrComment({ id: 1, body, ...author }), marker)).toBe(ours);
  });

  it.each([
    ['quotes the marker', `> ${marker}\n`],
    ['shows it further down', `Look:\n${marker}\n`],
    ['has that of another cluster', markerOf('rg-shop/aks-shop/migratory-2')],
    ['has nothing', null],
  ])('that %s is not ours', (_, other) => {
    expect(isOurComment(readIssueOrComment({ id: 1, body: other, ...bot }), marker)).toBe(false);
  });

  it('that was edited in a browser is still ours', () => {
    const edited = body.replaceAll('\n', '\r\n');
    expect(isOurComment(readIssueOrComment({ id: 1, body: edited, ...bot }), marker)).toBe(true);
  });
});
