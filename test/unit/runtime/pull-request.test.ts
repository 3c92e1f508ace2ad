import { describe, expect, it } from '@jest/globals';
import { findPullRequest } from '../../../src/runtime/pull-request.js';

const repo = (name: string): object => ({ repo: { full_name: name } });

describe('the pull request of a run', () => {
  it.each([
    ['the payload of its event', { pull_request: { number: 7 } }, 'refs/heads/main', 7],
    ['a comment on it', { issue: { number: 8, pull_request: { url: 'x' } } }, 'refs/heads/main', 8],
    ['the ref, if the payload has none', {}, 'refs/pull/9/merge', 9],
    ['the ref, if there is no payload', undefined, 'refs/pull/10/head', 10],
    ['the payload before the ref', { pull_request: { number: 7 } }, 'refs/pull/9/merge', 7],
  ])('is found in %s', (_, event, ref, number) => {
    expect(findPullRequest(event, ref)?.number).toBe(number);
  });

  it.each([
    ['an issue', { issue: { number: 8 } }, 'refs/heads/main'],
    ['a branch', { ref: 'refs/heads/main' }, 'refs/heads/pull/7/merge'],
    ['an invalid number', { pull_request: { number: '7/../8' } }, ''],
    ['a ref with an invalid number', null, 'refs/pull/0/merge'],
    ['a ref with more after it', 'text', 'refs/pull/7/merge/x'],
  ])('is not found in %s', (_, event, ref) => {
    expect(findPullRequest(event, ref)).toBeUndefined();
  });

  it.each([
    ['acme/shop', 'acme/shop', false],
    ['someone/shop', 'acme/shop', true],
  ])('from %s into %s comes from a fork: %s', (head, base, fromFork) => {
    const event = { pull_request: { number: 7, head: repo(head), base: repo(base) } };
    expect(findPullRequest(event, '')).toEqual({ number: 7, fromFork });
  });

  it('comes from a fork if the fork has been deleted', () => {
    const event = { pull_request: { number: 7, head: { repo: null }, base: repo('acme/shop') } };
    expect(findPullRequest(event, '')).toEqual({ number: 7, fromFork: true });
  });
});
