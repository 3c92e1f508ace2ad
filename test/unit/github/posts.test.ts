import { describe, expect, it } from '@jest/globals';
import { markerOf } from '../../../src/github/comment-metadata.js';
import { closeIssue, raiseIssue } from '../../../src/github/issue.js';
import { keepComment } from '../../../src/github/sticky-comment.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';
import type { IssueOrComment, RepositoryIssues } from '../../../src/runtime/ports.js';
import { ScriptedGitHub } from '../fakes.js';

const marker = markerOf('rg/aks/migratory');
const ours = { body: `${marker}\ntext`, authorId: new ScriptedGitHub().ownId ?? 0 };
const theirs = { body: 'Looks good.' };

/** A repository whose lists have these pages. */
async function repositoryWith(
  ...pages: readonly (readonly Partial<IssueOrComment>[])[]
): Promise<{ issues: RepositoryIssues; github: ScriptedGitHub }> {
  const github = new ScriptedGitHub();
  github.pages = pages;
  return { issues: await github.issues('token-0001', new AbortController().signal), github };
}

const callsOf = ({ calls }: ScriptedGitHub): readonly unknown[] => calls.map(({ method, args }) => [method, ...args]);

const comment = {
  pullRequest: 7,
  when: 'on-failure',
  marker,
  metadata: { run: '4711/1', operation: 'deploy', outcome: 'failure' },
  text: 'It failed.',
} as const;
const body = `${marker}\n<!-- run 4711/1 deploy failure -->\nIt failed.`;

describe('the comment', () => {
  it('is made where none of ours is on any page', async () => {
    const { issues, github } = await repositoryWith([theirs], [theirs]);
    expect(await keepComment(issues, comment)).toEqual({ did: 'create', url: github.url });
    expect(callsOf(github)).toEqual([
      ['listComments', 7],
      ['listComments', 7],
      ['addComment', 7, body],
    ]);
  });

  it('is brought up to date where it is on a later page, and no further page is read', async () => {
    const { issues, github } = await repositoryWith([theirs], [theirs, { ...ours, id: 42 }], [theirs]);
    expect(await keepComment(issues, comment)).toEqual({ did: 'update', url: github.url });
    expect(callsOf(github).slice(1)).toEqual([
      ['listComments', 7],
      ['updateComment', 42, body],
    ]);
  });

  it.each([
    ['of another bot or person', 41, { authorId: 42 }],
    ['of an account that is gone', 41, { authorId: 0 }],
    ['of anyone, where GitHub does not tell who we are', undefined, {}],
  ])('is not taken from a copy of the hidden line %s', async (_, ownId, author) => {
    const { issues, github } = await repositoryWith([{ ...ours, ...author, id: 42 }]);
    github.ownId = ownId;
    expect(await keepComment(issues, comment)).toMatchObject({ did: 'create' });
    expect(callsOf(github).at(-1)).toEqual(['addComment', 7, body]);
  });

  it('is found behind a copy of another account', async () => {
    const { issues, github } = await repositoryWith([{ ...ours, id: 41, authorId: 42 }], [{ ...ours, id: 42 }]);
    await keepComment(issues, comment);
    expect(callsOf(github).at(-1)).toEqual(['updateComment', 42, body]);
  });

  it('is left alone where a success has nothing to replace', async () => {
    const { issues, github } = await repositoryWith([theirs]);
    const good = { ...comment, metadata: { ...comment.metadata, outcome: 'success' } };
    expect(await keepComment(issues, good)).toEqual({ did: 'none', url: '' });
    expect(github.calls).toHaveLength(1);
  });

  it('is no success when GitHub refuses', async () => {
    const { issues, github } = await repositoryWith();
    github.onCall = () => {
      throw new GitHubRefusal(403, 'Resource not accessible by integration');
    };
    await expect(keepComment(issues, comment)).rejects.toThrow(GitHubRefusal);
  });
});

const issue = { marker, title: 'Left', text: 'two things' };

describe('the issue', () => {
  it('is opened where none is open; a pull request with the marker is none', async () => {
    const { issues, github } = await repositoryWith([{ ...ours, number: 3, isPullRequest: true }, theirs]);
    expect(await raiseIssue(issues, issue)).toEqual({ did: 'create', url: github.url });
    expect(callsOf(github)).toEqual([['listOpen'], ['create', { title: 'Left', body: `${marker}\ntwo things` }]]);
  });

  it('is brought up to date where it is open, and keeps its title', async () => {
    const { issues, github } = await repositoryWith([theirs], [{ ...ours, number: 12 }]);
    expect(await raiseIssue(issues, issue)).toEqual({ did: 'update', url: github.url });
    expect(callsOf(github).at(-1)).toEqual(['update', 12, { body: `${marker}\ntwo things` }]);
  });

  it('is closed as completed, with a comment', async () => {
    const { issues, github } = await repositoryWith([{ ...ours, number: 12 }]);
    expect(await closeIssue(issues, marker, 'Nothing is left.')).toBe(github.url);
    expect(callsOf(github).slice(1)).toEqual([
      ['addComment', 12, 'Nothing is left.'],
      ['update', 12, { state: 'closed', state_reason: 'completed' }],
    ]);
  });

  it('of another account is not closed', async () => {
    const { issues, github } = await repositoryWith([{ ...ours, number: 12, authorId: 42 }]);
    expect(await closeIssue(issues, marker, 'Nothing is left.')).toBeUndefined();
    expect(github.calls).toHaveLength(1);
  });

  it('is not closed where none is open', async () => {
    const { issues, github } = await repositoryWith([theirs]);
    expect(await closeIssue(issues, marker, 'Nothing is left.')).toBeUndefined();
    expect(github.calls).toHaveLength(1);
  });
});
