import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Job, type Main, startJob } from './support/job.js';

/** Runs an e2e whose image cannot be pulled. */
async function failToPull(job: Job): Promise<Main> {
  job.kubernetes.behaviour.podFault = () => 'image-pull';
  const main = await job.run({ ...job.onKubeconfig, operation: 'e2e' });
  expect(main).toMatchObject({ code: 1, outputs: { outcome: 'failure', 'error-code': 'image-pull' } });
  return main;
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'migratory' } };

describe('an e2e that fails in the middle', () => {
  let job: Job;
  let main: Main;
  beforeAll(async () => {
    job = await startJob();
    main = await failToPull(job);
  });
  afterAll(async () => {
    await job[Symbol.asyncDispose]();
  });

  it('deletes the namespace that it created', () => {
    expect(main.changes.at(-1)).toBe('DELETE /api/v1/namespaces/migratory');
    expect(main.report.phases.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'preflight passed',
      'deploy failed',
      'clean-up passed',
    ]);
    expect(main.report.pending).toEqual([]);
  });

  it('keeps a namespace that existed before, whoever created it', async () => {
    for (const labels of [{}, { 'app.kubernetes.io/managed-by': 'migratorydata-aks' }]) {
      await using other = await startJob();
      other.kubernetes.put({ ...namespace, metadata: { ...namespace.metadata, labels } });
      const { changes } = await failToPull(other);
      expect(changes.filter(line => line.startsWith('DELETE'))).toEqual([]);
      expect(other.kubernetes.get('Namespace', undefined, 'migratory')?.metadata.deletionTimestamp).toBeUndefined();
    }
  });

  it('shows the reason where users look for it', () => {
    const reason = 'failed to pull and unpack image "migratorydata/server:6.0.24": not found';
    const [error, ...others] = main.annotations.filter(({ level }) => level === 'error');
    expect(others).toEqual([]);
    expect(error).toMatchObject({ title: 'image-pull', message: expect.stringContaining(reason) });
    expect(main.summary).toContain('not found');
    expect(main.junit).toContain('not found');
    expect(main.report.errors).toMatchObject([{ code: 'image-pull', phase: 'deploy' }]);
  });

  it('leaves only private files for post', async () => {
    const post = await job.post({}, main);
    expect([post.code, post.processes, post.annotations, post.summary]).toEqual([0, [], [], '']);
  });
});
