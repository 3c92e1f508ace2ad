import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeAzure } from './support/azure.js';
import { type GitHubStandIn, startGitHub } from './support/github.js';
import { type Job, type Main, ownLogin, startJob } from './support/job.js';
import { exposedBy, findLeaks } from './support/leaks.js';

const token = 'ghs_TokenOfTheJob4711+abc';
const locked =
  "The scope '/subscriptions/x' cannot perform delete operation because following scope(s) are locked @octocat";

/** What a creation of the action leaves in a subscription. */
let created: Pick<FakeAzure, 'groups' | 'clusters'>;
beforeAll(async () => {
  await using job = await startJob();
  await job.run({ operation: 'create', ttl: '31m', timeout: '1m', 'create-timeout': '1m' });
  created = job.azure;
});

/** Starts a job in a subscription with an expired cluster that cannot be deleted. */
async function startLockedJob(): Promise<Job> {
  const job = await startJob();
  for (const [name, group] of created.groups) job.azure.groups.set(name, group);
  for (const [name, cluster] of created.clusters) job.azure.clusters.set(name, cluster);
  job.azure.expire();
  const refusal = { status: 409, body: { error: { code: 'ScopeLocked', message: locked } } };
  job.azure.arm.on(/^DELETE /, () => refusal);
  return job;
}

function unlock({ azure }: Job): void {
  azure.arm.on(/^DELETE /, () => {
    azure.groups.clear();
    azure.clusters.clear();
    return { status: 202 };
  });
}

function sweep(
  job: Job,
  { environment }: GitHubStandIn,
  changes: Readonly<Record<string, string>> = {},
): Promise<Main> {
  const subscription = { 'subscription-id': ownLogin['subscription-id'] };
  const inputs = { ...subscription, operation: 'sweep', 'dry-run': 'false', 'github-token': token, ...changes };
  return job.run(inputs, { env: environment });
}

const changesOf = ({ calls }: GitHubStandIn): readonly string[] =>
  calls
    .filter(({ method, url }) => method !== 'GET' && url !== '/graphql')
    .map(({ method, url }) => `${method} ${url}`);

describe('the issue about what a sweep cannot delete', () => {
  it('is opened, updated, and closed when nothing is left', async () => {
    await using job = await startLockedJob();
    await using github = await startGitHub();
    github.open('Something else', 'member');

    const first = await sweep(job, github);
    expect([first.code, first.outputs['error-code']]).toEqual([1, 'delete-incomplete']);
    expect(github.issues).toHaveLength(2);
    const body = github.issues[1]?.body ?? '';
    expect(github.issues[1]).toMatchObject({
      title: 'Expired MigratoryData clusters could not be deleted',
      state: 'open',
    });
    expect(body).toContain(`<!-- migratorydata-aks: sweep/${ownLogin['subscription-id']}/acme/shop -->\n`);
    expect(body).toContain('- cluster rg-migratorydata-4711-check-0/aks-migratorydata, which expired at ');
    expect(body).toContain('scope(s) are locked @&#8203;octocat');
    expect(body).toContain('**What to do:** ');
    expect(body).toContain('(https://github.com/acme/shop/actions/runs/4711)');
    expect(first.report.phases[0]?.notes.at(-1)).toMatch(/^The issue about leftovers was opened\. https:/);

    await sweep(job, github);
    expect(github.issues).toHaveLength(2);
    unlock(job);
    const last = await sweep(job, github);
    expect([last.code, last.outputs['swept']]).toEqual([0, '1']);
    expect(github.issues[1]).toMatchObject({ state: 'closed', state_reason: 'completed' });
    expect(github.comments).toMatchObject([
      { on: 101, body: expect.stringMatching(/^Nothing is left: \[the sweep\]/) },
    ]);
    expect(github.issues[0]).toMatchObject({ state: 'open', body: 'Something else' });
    expect(changesOf(github)).toEqual([
      'POST /repos/acme/shop/issues',
      'PATCH /repos/acme/shop/issues/101',
      'POST /repos/acme/shop/issues/101/comments',
      'PATCH /repos/acme/shop/issues/101',
    ]);

    await sweep(job, github);
    expect(changesOf(github)).toHaveLength(4);
  });

  it('is a new one after it was closed by hand', async () => {
    await using job = await startLockedJob();
    await using github = await startGitHub();
    await sweep(job, github);
    Object.assign(github.issues[0] ?? {}, { state: 'closed' });
    await sweep(job, github);
    expect(github.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('is not touched by a dry run, nor without a token', async () => {
    await using job = await startLockedJob();
    await using github = await startGitHub();
    expect((await sweep(job, github, { 'dry-run': 'auto' })).code).toBe(0);
    expect((await sweep(job, github, { 'github-token': '' })).code).toBe(1);
    expect(github.calls).toEqual([]);
  });

  it('is a warning when GitHub refuses it, and the sweep ends as it would have', async () => {
    await using job = await startLockedJob();
    await using github = await startGitHub();
    github.fail(/^POST/, 403);
    const warning =
      'The issue about leftovers could not be written. GitHub answered 403 (Resource not accessible by integration): the job, or the token in github-token, needs `permissions: issues: write`.';
    const refused = await sweep(job, github);
    expect([refused.outputs['error-code'], refused.report.warnings]).toEqual(['delete-incomplete', [warning]]);
    expect(refused.annotations).toContainEqual({ level: 'warning', message: warning });
    unlock(job);
    github.heal();
    github.fail(/./, 500);
    const main = await sweep(job, github);
    expect([main.code, main.outputs['swept'], main.report.warnings]).toEqual([
      0,
      '1',
      [expect.stringContaining('could not be written. GitHub answered 500 (Server Error).')],
    ]);
  });

  it('is written with a token that is exposed nowhere', async () => {
    await using job = await startLockedJob();
    await using github = await startGitHub();
    job.programs.on('group delete', {
      code: 1,
      stderr: `ERROR: (ScopeLocked) ${locked} ${token}\nCode: ScopeLocked\n`,
    });
    const main = await sweep(job, github);
    const told = new Map([['issue', github.issues[0]?.body ?? '']]);
    expect(told.get('issue')).toContain('locked');
    expect(findLeaks({ token }, new Map([...(await exposedBy(job, main)), ...told]))).toEqual([]);
  });
});
