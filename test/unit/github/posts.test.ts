import { describe, expect, it } from '@jest/globals';
import { createRepositoryClient, type RepositoryClient } from '../../../src/github/client.js';
import { markerOf } from '../../../src/github/comment-metadata.js';
import { closeIssue, raiseIssue } from '../../../src/github/issue.js';
import { GitHubRefusal } from '../../../src/github/refusal.js';
import { keepComment } from '../../../src/github/sticky-comment.js';
import type { GitHubAnswer, GitHubRequest } from '../../../src/runtime/ports.js';
import { ScriptedGitHub, someRun } from '../fakes.js';

const marker = markerOf('rg/aks/migratory');
const ours = { body: `${marker}\ntext`, user: { type: 'Bot' } };
const theirs = { body: 'Looks good.', user: { type: 'User' } };

/** A client whose lists have these pages. Writes return an object with a URL. */
function clientOf(...pages: readonly (readonly object[])[]): { client: RepositoryClient; github: ScriptedGitHub } {
  const github = new ScriptedGitHub();
  github.answer = ({ method, path }: GitHubRequest): Partial<GitHubAnswer> => {
    if (method !== 'GET') return { json: { html_url: 'https://github.com/acme/shop/pull/7#c' } };
    const page = Number(/[?&]page=(\d+)/.exec(path)?.[1] ?? 1);
    const more = page < pages.length;
    return { json: pages[page - 1], ...(more && { nextPath: `/repositories/1/list?page=${page + 1}` }) };
  };
  const signal = new AbortController().signal;
  return { client: createRepositoryClient(github, someRun, 'token-0001', signal), github };
}

const linesOf = ({ requests }: ScriptedGitHub): readonly string[] =>
  requests.map(({ method, path }) => `${method} ${path}`);

const comment = {
  pullRequest: 7,
  when: 'on-failure',
  marker,
  metadata: { run: '4711/1', operation: 'deploy', outcome: 'failure' },
  text: 'It failed.',
} as const;

describe('the comment', () => {
  it('is created when no page has one', async () => {
    const { client, github } = clientOf([theirs], [theirs]);
    expect(await keepComment(client, comment)).toEqual({ did: 'create', url: 'https://github.com/acme/shop/pull/7#c' });
    expect(linesOf(github)).toEqual([
      'GET /repos/acme/shop/issues/7/comments?per_page=100',
      'GET /repositories/1/list?page=2',
      'POST /repos/acme/shop/issues/7/comments',
    ]);
    expect(github.requests[2]?.body).toEqual({ body: `${marker}\n<!-- run 4711/1 deploy failure -->\nIt failed.` });
    expect(github.requests.map(({ token }) => token)).toEqual(Array(3).fill('token-0001'));
  });

  it('is updated when a later page has it, without requests for further pages', async () => {
    const { client, github } = clientOf([theirs], [theirs, { ...ours, id: 42 }], [theirs]);
    expect(await keepComment(client, comment)).toMatchObject({ did: 'update' });
    expect(linesOf(github).slice(1)).toEqual([
      'GET /repositories/1/list?page=2',
      'PATCH /repos/acme/shop/issues/comments/42',
    ]);
  });

  it('is not created for a success', async () => {
    const { client, github } = clientOf([theirs]);
    const success = { ...comment, metadata: { ...comment.metadata, outcome: 'success' } };
    expect(await keepComment(client, success)).toEqual({ did: 'none', url: '' });
    expect(github.requests).toHaveLength(1);
  });

  it('throws when GitHub refuses', async () => {
    const { client, github } = clientOf();
    github.answer = () => ({ status: 403, json: { message: 'Resource not accessible by integration' } });
    await expect(keepComment(client, comment)).rejects.toThrow(GitHubRefusal);
  });
});

const issue = { marker, title: 'Left', text: 'two things' };

describe('the issue', () => {
  it('is created when none is open; a pull request with the marker does not count', async () => {
    const { client, github } = clientOf([{ ...ours, number: 3, pull_request: {} }, theirs]);
    expect(await raiseIssue(client, issue)).toMatchObject({ did: 'create' });
    expect(linesOf(github)).toEqual([
      'GET /repos/acme/shop/issues?state=open&per_page=100',
      'POST /repos/acme/shop/issues',
    ]);
    expect(github.requests[1]?.body).toEqual({ title: 'Left', body: `${marker}\ntwo things` });
  });

  it('is updated when it is open, and keeps its title', async () => {
    const { client, github } = clientOf([theirs], [{ ...ours, number: 12 }]);
    expect(await raiseIssue(client, issue)).toMatchObject({ did: 'update' });
    expect(github.requests.at(-1)).toMatchObject({ method: 'PATCH', path: '/repos/acme/shop/issues/12' });
    expect(github.requests.at(-1)?.body).toEqual({ body: `${marker}\ntwo things` });
  });

  it('is closed as completed, with a comment', async () => {
    const { client, github } = clientOf([{ ...ours, number: 12 }]);
    expect(await closeIssue(client, marker, 'Nothing is left.')).toBe('https://github.com/acme/shop/pull/7#c');
    expect(github.requests.slice(1).map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/repos/acme/shop/issues/12/comments', { body: 'Nothing is left.' }],
      ['PATCH', '/repos/acme/shop/issues/12', { state: 'closed', state_reason: 'completed' }],
    ]);
  });

  it('needs no change when none is open', async () => {
    const { client, github } = clientOf([theirs]);
    expect(await closeIssue(client, marker, 'Nothing is left.')).toBeUndefined();
    expect(github.requests).toHaveLength(1);
  });
});
