import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { FakeAzure } from './support/azure.js';
import { startIdentity } from './support/identity.js';
import { type Job, type Main, ownLogin, startJob } from './support/job.js';

const group = 'rg-migratorydata-4711-check-0';

/** Cancels a creation while Azure works on it. */
async function cancelCreation(job: Job): Promise<Main> {
  job.azure.creation = ['Creating'];
  const running = await job.start({ inputs: { operation: 'create' } });
  await job.azure.arm.called(/^GET .*\/managedClusters\//);
  running.cancel();
  const main = await running.ended;
  expect(main.outputs['outcome']).toBe('cancelled');
  return main;
}

describe('post', () => {
  it('removes only private files after a success', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    const inputs = { ...ownLogin, operation: 'create' };
    const main = await job.run(inputs, { env: identity.environment });
    expect([main.code, existsSync(main.outputs['kubeconfig'] ?? '')]).toEqual([0, true]);
    const post = await job.post(inputs, main);
    expect([post.code, post.processes, post.changes, post.reads, post.annotations]).toEqual([0, [], [], [], []]);
    expect([post.summary, post.outputs]).toEqual(['', {}]);
    expect((await readdir(job.temp)).sort()).toEqual([
      '_runner_file_commands',
      'migratorydata-aks',
      'migratorydata-aks-cloud.json',
    ]);
    expect([...job.azure.groups.keys()]).toEqual([group]);
  });
});

describe('post of a creation that was cancelled', () => {
  let job: Job;
  let main: Main;
  /** What was in Azure then. */
  let left: Pick<FakeAzure, 'groups' | 'clusters'>;
  beforeAll(async () => {
    job = await startJob();
    main = await cancelCreation(job);
    left = { groups: new Map(job.azure.groups), clusters: new Map(job.azure.clusters) };
  });
  beforeEach(() => {
    for (const [name, found] of left.groups) job.azure.groups.set(name, { ...found });
    for (const [name, found] of left.clusters) job.azure.clusters.set(name, { ...found });
  });
  afterAll(async () => {
    await job[Symbol.asyncDispose]();
  });

  it('deletes by the saved state alone, whatever the current inputs are', async () => {
    const post = await job.post({ operation: 'render', 'resource-group': 'rg-other' }, main);
    expect(post.requests).toContain(`DELETE /subscriptions/SUBSCRIPTION/resourceGroups/${group}`);
    expect(job.azure.groups.size).toBe(0);
  });

  it('keeps what someone else has created in the meantime under the same name', async () => {
    for (const things of [job.azure.groups, job.azure.clusters] as Map<string, { tags: object }>[]) {
      for (const thing of things.values()) Object.assign(thing, { tags: {} });
    }
    const post = await job.post({ operation: 'create' }, main);
    expect(post.requests.filter(line => line.startsWith('DELETE '))).toEqual([]);
    expect(job.azure.groups.size).toBe(1);
    expect(post.summary).toContain('There was nothing to delete for aks-migratorydata');
  });

  it('succeeds when everything is deleted already', async () => {
    job.azure.groups.clear();
    job.azure.clusters.clear();
    const post = await job.post({ operation: 'create' }, main);
    expect([post.code, post.annotations]).toEqual([0, []]);
  });

  it('does not fail the job when it cannot delete, but says what is left', async () => {
    const locked = "The scope '/subscriptions/x' cannot perform delete operation because following scope(s) are locked";
    const refusal = { status: 409, body: { error: { code: 'ScopeLocked', message: locked } } };
    job.azure.arm.on(/^DELETE /, () => refusal);
    const post = await job.post({ operation: 'create' }, main);
    const pending = `cluster aks-migratorydata in resource group ${group} must be deleted`;
    expect(post.code).toBe(0);
    expect(post.annotations).toMatchObject([
      { level: 'error', title: 'undo-incomplete', message: expect.stringContaining(pending) },
    ]);
    expect(post.annotations[0]?.message).toContain(`${locked}. Remove the lock manually`);
    expect(post.summary).toBe(
      `### MigratoryData on AKS: clean-up after the step\n\n**Still to be undone by hand:**\n\n- ${pending}\n`,
    );
  });
});
