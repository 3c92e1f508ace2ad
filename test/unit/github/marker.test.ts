import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findOurs, markerOf, writeMetadata } from '../../../src/github/comment-metadata.js';
import { readIssueOrComment } from '../../../src/runtime/issue-or-comment.js';
import { ScriptedGitHub } from '../fakes.js';

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
  const user = { id: 41, type: 'User' };
  const body = `${marker}\n${writeMetadata({ run: '1/1', operation: 'deploy', outcome: 'success' })}\ntext`;

  /** Returns whether a comment as the REST API shows it is taken for ours by account 41. */
  async function isOurs(json: object): Promise<boolean> {
    const github = new ScriptedGitHub();
    github.pages = [[readIssueOrComment({ id: 1, body, user, ...json })]];
    const issues = await github.issues('token-0001', new AbortController().signal);
    return (await findOurs(issues, issues.listComments(7), marker)) !== undefined;
  }

  it.each([
    ['of the same account', { user }, true],
    ['of the same bot', { user: { id: 41, type: 'Bot' } }, true],
    ['of another bot', { user: { id: 42, type: 'Bot' } }, false],
    ['of the owner of the repository', { user: { id: 42 }, author_association: 'OWNER' }, false],
    ['of a member of the organization', { user: { id: 42 }, author_association: 'MEMBER' }, false],
    ['of nobody', { user: null }, false],
    ['of the same account, edited in a browser', { body: body.replaceAll('\n', '\r\n') }, true],
    ['that quotes the marker', { body: `> ${marker}\n` }, false],
    ['with the marker further down', { body: `Look:\n${marker}\n` }, false],
    ['with the marker of another cluster', { body: markerOf('rg-shop/aks-shop/migratory-2') }, false],
    ['without a body', { body: null }, false],
    ['on the pull request itself', { pull_request: {} }, false],
  ])('%s: %j, ours %s', async (_, json, ours) => {
    expect(await isOurs(json)).toBe(ours);
  });
});
