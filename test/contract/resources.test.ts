import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Inputs, type Job, type Main, startJob } from './support/job.js';

let job: Job;
let folder: string;
beforeAll(async () => {
  job = await startJob();
  folder = join(job.folder, 'resources');
  await mkdir(folder);
});
afterAll(async () => {
  await job[Symbol.asyncDispose]();
});

const write = (kind: string, more: object = {}, apiVersion = 'v1'): Promise<void> =>
  writeFile(join(folder, `${kind}.json`), JSON.stringify({ apiVersion, kind, metadata: { name: 'audit' }, ...more }));
/** Deploys, and returns the changes of the further objects and of their inventory, in order. */
async function deploy(
  inputs: Inputs = { resources: folder },
): Promise<{ readonly main: Main; readonly changes: readonly string[] }> {
  const before = job.kubernetes.lines('changes').length;
  const main = await job.run({ ...job.onKubeconfig, operation: 'deploy', ...inputs });
  const all = job.kubernetes.lines('changes').slice(before);
  return { main, changes: all.filter(change => /\/audit$|\/migratorydata-aks-resources-migratorydata$/.test(change)) };
}
const path = '/api/v1/namespaces/migratory';

describe('further objects of a deployment', () => {
  it('are recorded and applied in order before the members', async () => {
    await write('ConfigMap', { data: { level: 'low' } });
    await write('Secret', { stringData: { key: 'hidden-from-all' } });
    await write('ServiceAccount');
    const { main, changes } = await deploy();
    expect([main.code, main.outputs['changed']]).toEqual([0, 'true']);
    expect(changes).toEqual([
      `PATCH ${path}/configmaps/migratorydata-aks-resources-migratorydata`,
      `PATCH ${path}/serviceaccounts/audit`,
      `PATCH ${path}/secrets/audit`,
      `PATCH ${path}/configmaps/audit`,
    ]);
    expect(main.masks).toContain('hidden-from-all');
    expect((await deploy()).main.outputs['changed']).toBe('false');
  });

  it('are deleted when they leave the files, and only if they are still ours', async () => {
    await write('ConfigMap', { data: { level: 'high' } });
    for (const kind of ['Secret', 'ServiceAccount']) await rm(join(folder, `${kind}.json`));
    const taken = { name: 'audit', namespace: 'migratory', labels: {} };
    job.kubernetes.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: taken });
    const { main, changes } = await deploy();
    expect([main.code, main.outputs['changed']]).toEqual([0, 'true']);
    expect(changes.filter(change => change.startsWith('DELETE'))).toEqual([`DELETE ${path}/secrets/audit`]);
    expect(main.report.warnings).toContainEqual(
      expect.stringContaining('ServiceAccount audit is no longer in resources'),
    );
    expect(job.kubernetes.get('Secret', 'migratory', 'audit')).toBeUndefined();
    expect((await deploy()).changes).not.toContainEqual(expect.stringContaining('serviceaccounts'));
  });

  it.each([
    ['ServiceAccount', 'v1', 'resources-failed', 'exists, and was not created from resources'],
    ['Node', 'v1', 'resources-failed', 'is of a kind that belongs to no namespace'],
    ['Certificate', 'cert-manager.io/v1', 'api-error', 'does not support the kind Certificate in cert-manager.io/v1'],
  ])('are refused before anything changes: %s of %s', async (kind, apiVersion, code, reason) => {
    await write(kind, {}, apiVersion);
    const { main } = await deploy();
    await rm(join(folder, `${kind}.json`));
    expect([main.code, main.outputs['error-code']]).toEqual([1, code]);
    expect(main.report.errors[0]?.message).toContain(reason);
    expect(main.changes.filter(change => !/leases|dry run/.test(change))).toEqual([]);
  });

  it('need no permission without the input', async () => {
    job.kubernetes.refuse({
      ...{ path: '/configmaps/migratorydata-aks-resources-migratorydata', method: 'GET', times: 1 },
      ...{ status: 403, reason: 'Forbidden', message: 'configmaps is forbidden' },
    });
    const { main, changes } = await deploy({});
    expect([main.code, changes]).toEqual([0, []]);
  });

  it('are all deleted without the input', async () => {
    expect((await deploy({})).changes).toEqual([
      `DELETE ${path}/configmaps/audit`,
      `PATCH ${path}/configmaps/migratorydata-aks-resources-migratorydata`,
    ]);
  });
});
