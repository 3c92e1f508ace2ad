import { describe, expect, it } from '@jest/globals';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitHubStandIn, startGitHub } from './support/github.js';
import { startJob } from './support/job.js';
import { exposedBy, findLeaks } from './support/leaks.js';
import { complaintsOf, eventOf, failToDeploy, inputsFor, marker, number, token } from './support/pull-request.js';

const linesOf = ({ calls }: GitHubStandIn): readonly string[] => calls.map(({ method, url }) => `${method} ${url}`);
describe('the comment on a pull request', () => {
  it('is created, and updated by the next run', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const env = await eventOf(job, github);
    const first = await job.run(inputsFor(job, 'always'), { env });
    expect([first.code, complaintsOf(first)]).toEqual([0, []]);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]).toMatchObject({ on: number, body: expect.stringContaining('deploy succeeded in') });
    expect(github.comments[0]?.body.startsWith(`${marker}\n<!-- run 4711/1 deploy success -->\n`)).toBe(true);
    expect(first.log).toContain(`The comment on pull request ${number} was created. https://github.com/acme/shop/`);

    const second = await job.run(inputsFor(job, 'always'), { env: { ...env, GITHUB_RUN_ID: '4712' } });
    expect(second.code).toBe(0);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain(
      '[run 4712, attempt 1](https://github.com/acme/shop/actions/runs/4712). Cluster <code>current-context/check-0/migratory/migratorydata</code>.',
    );
    expect(linesOf(github).map(line => line.split('?')[0])).toEqual([
      'GET /repos/acme/shop/issues/7/comments',
      'POST /repos/acme/shop/issues/7/comments',
      'GET /repos/acme/shop/issues/7/comments',
      'POST /graphql',
      `PATCH /repos/acme/shop/issues/comments/${github.comments[0]?.id ?? 0}`,
    ]);
  });

  it('is found on a later page, and copies of its hidden line by others are ignored', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const env = await eventOf(job, github);
    github.comment(number, `${marker}\nAll is well, trust me.`, 'stranger');
    github.comment(number, `${marker}\nMore trust.`, 'member');
    github.comment(number, `${marker}\nMost trust.`, 'other-bot');
    for (let count = 0; count < 120; count += 1) github.comment(number, `Remark ${count}`);
    github.comment(number, `${marker}\nAn older result`, 'bot');
    await job.run(inputsFor(job, 'always'), { env });
    expect(github.comments).toHaveLength(124);
    expect(github.comments.at(-1)?.body).toContain('deploy succeeded');
    expect(github.comments.slice(0, 3).map(({ body }) => body)).toEqual([
      expect.stringContaining('trust me'),
      expect.stringContaining('More trust'),
      expect.stringContaining('Most trust'),
    ]);
    expect(linesOf(github)[2]).toBe('GET /repositories/4711/issues/7/comments?per_page=100&page=2');
  });

  it('shows the failure with its solution, and links a later attempt', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const env = { ...(await eventOf(job, github)), GITHUB_RUN_ATTEMPT: '2' };
    const main = await failToDeploy(job, 'on-failure', env);
    const body = github.comments[0]?.body ?? '';
    expect(body).toContain('### Error: image-pull');
    expect(body).toContain('**What to do:** ');
    expect(body).toContain('| **failed** |');
    expect(body).toContain('(https://github.com/acme/shop/actions/runs/4711/attempts/2)');
    expect(main.report.warnings.join()).not.toContain('comment');
  });

  it('is created only on failure', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const main = await job.run(inputsFor(job, 'on-failure'), { env: await eventOf(job, github) });
    expect([main.code, github.comments, linesOf(github).length]).toEqual([0, [], 1]);
  });

  it('of a failure is replaced by a later run that succeeds, but not by a later step of the same run', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const env = await eventOf(job, github);
    await failToDeploy(job, 'on-failure', env);
    const collected = await job.run({ ...inputsFor(job, 'on-failure'), operation: 'collect' }, { env });
    expect([collected.code, collected.log]).toEqual([
      0,
      expect.stringContaining('The comment on pull request 7 needs no change.'),
    ]);
    expect(github.comments).toMatchObject([{ body: expect.stringContaining('deploy failed after') }]);
    const later = { ...env, GITHUB_RUN_ID: '4712' };
    await job.run({ ...inputsFor(job, 'on-failure'), operation: 'collect' }, { env: later });
    expect(github.comments).toMatchObject([{ body: expect.stringContaining('collect succeeded in') }]);
  });

  it.each([
    ['never', { 'pull-request-comment': 'never' }, {}],
    ['in a dry run', { 'dry-run': 'true' }, {}],
    ['without a pull request', {}, { GITHUB_EVENT_PATH: '' }],
  ])('is not written: %s', async (_, changes, without) => {
    await using job = await startJob();
    await using github = await startGitHub();
    const env = { ...(await eventOf(job, github)), ...without };
    const main = await job.run({ ...inputsFor(job, 'always'), ...changes }, { env });
    expect([main.code, github.calls, complaintsOf(main)]).toEqual([0, [], []]);
    const note = 'this run does not belong to a pull request: there is nothing to comment on.';
    expect(main.log.includes(note)).toBe('GITHUB_EVENT_PATH' in without);
  });

  it('needs only action.yml and dist of the action', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const copy = join(job.folder, 'action');
    await cp('action.yml', join(copy, 'action.yml'));
    await cp('dist', join(copy, 'dist'), { recursive: true });
    const step = { env: await eventOf(job, github), entry: join(copy, 'dist', 'index.js') };
    const main = await job.run(inputsFor(job, 'always'), step);
    expect([main.code, main.stderr, complaintsOf(main)]).toEqual([0, '', []]);
    expect(github.comments).toMatchObject([{ on: number }]);
  });

  it('finds the pull request by the ref when the event does not name it', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    await job.run(inputsFor(job, 'always'), { env: { ...github.environment, GITHUB_REF: 'refs/pull/9/merge' } });
    expect(github.comments).toMatchObject([{ on: 9 }]);
  });
});

describe('the token for GitHub', () => {
  it('is sent to GitHub and nowhere else', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    job.kubernetes.behaviour.log = () => token;
    const main = await failToDeploy(job, 'always', await eventOf(job, github));
    await job.post(inputsFor(job, 'always'), main);
    expect(github.calls.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`token ${token}`));
    expect(github.calls[0]?.headers).toMatchObject({
      accept: 'application/vnd.github.v3+json',
      'x-github-api-version': '2022-11-28',
    });
    const told = new Map([['comment', github.comments[0]?.body ?? '']]);
    expect(findLeaks({ token }, new Map([...(await exposedBy(job, main)), ...told]))).toEqual([]);
  });

  it('may be missing, as in a run from a fork: a warning, and the step continues', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const inputs = { ...inputsFor(job, 'always'), 'github-token': '' };
    const main = await job.run(inputs, { env: await eventOf(job, github) });
    expect([main.code, main.outputs['outcome'], github.calls]).toEqual([0, 'success', []]);
    expect(complaintsOf(main)).toEqual([
      'The comment on pull request 7 was not written because github-token is empty. Set it to ${{ github.token }} or a secret; runs from forks and of Dependabot get no secrets and write no comment.',
    ]);
  });
});
