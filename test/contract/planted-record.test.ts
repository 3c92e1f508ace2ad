import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { subscriptionId } from './support/azure.js';
import { type Job, startJob } from './support/job.js';

const secret = 'an-access-token-of-the-runner';

const machine = { subscriptionId, resourceGroup: 'MC_rg_aks_eastus', scaleSet: 'vmss', instanceId: '0' };
const none = { cordons: [], machines: [], kubelets: [], deletions: [] };
const record = (undo: object, experiment = 'drain'): object => ({
  ...{ version: 1, namespace: 'migratory', deployment: 'migratorydata', holder: 'acme/shop/1/x', experiment },
  ...{ held: [], seedsPerNode: [] },
  ...{ writtenAt: '2026-01-01T00:00:00.000Z', deadline: '2026-01-01T00:00:00.000Z' },
  undo: { ...none, ...undo },
});
const onMachine = (part: object): object =>
  record({ machines: [{ node: 'node-0', uid: 'u', machine: { ...machine, ...part } }] }, 'power-off');

let job: Job;
beforeAll(async () => {
  job = await startJob();
  await job.run({ operation: 'create' });
  await job.run({ ...job.onAks, operation: 'deploy' });
});
afterAll(async () => {
  await job[Symbol.asyncDispose]();
});

/** An attacker who may only write ConfigMaps in the namespace plants a revert record. */
function plant(planted: object): void {
  job.kubernetes.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'migratorydata-aks-mark', namespace: 'migratory' },
    data: { mark: JSON.stringify(planted) },
  });
}

describe('a planted revert record', () => {
  it.each([
    ['a subscription that az would read from a file', (file: string) => onMachine({ subscriptionId: `@${file}` })],
    ['a group that az would read from a file', (file: string) => onMachine({ resourceGroup: `@${file}` })],
    ['a scale set that az would read from a file', (file: string) => onMachine({ scaleSet: `@${file}` })],
    [
      'a node pool that az would read from a file',
      (file: string) => {
        const pool = { name: `@${file}`, nodes: 1, bounds: { minCount: 1, maxCount: 5 } };
        return record({ pool }, 'node-delete');
      },
    ],
    ['no instance, which would mean all of them', () => onMachine({ instanceId: '' })],
    ['lines that the runner would obey', () => ({ ...record({}), experiment: 'drain\n\u0085::add-mask::Ready' })],
  ])('with %s starts no az and sends no request for it, and exposes nothing of the runner', async (_, recordFor) => {
    const file = join(job.folder, 'secret.txt');
    writeFileSync(file, secret);
    plant(recordFor(file));
    const from = job.programs.invocations.length;
    const main = await job.run({ ...job.onAks, operation: 'recover' });
    const requests = main.requests.map(line => line.replace(/\/\S*\//, '').split('?')[0]);
    expect(new Set(requests)).toEqual(new Set(['GET aks-migratorydata', 'POST listClusterUserCredential']));
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'record-invalid']);
    expect(main.annotations.map(({ message }) => message).join('\n')).toContain(
      'ConfigMap migratorydata-aks-mark in namespace migratory is not a valid record of an experiment',
    );
    const told = [main.stdout, main.summary, JSON.stringify(main.report), JSON.stringify(main.outputs)].join('\n');
    expect(told).not.toContain(secret);
    const started = job.programs.invocations.slice(from).map(({ argv }) => argv.slice(0, 2).join(' '));
    expect(started.filter(words => !words.startsWith('proxy'))).toEqual(['account get-access-token']);
    expect(main.stdout).not.toMatch(/^\s*::add-mask::Ready/m);
  });

  it('is removed by recover with discard-record', async () => {
    plant(onMachine({ instanceId: '' }));
    const discard = { ...job.onAks, operation: 'recover', 'discard-record': 'true' };
    const main = await job.run(discard);
    expect([main.code, main.outputs['outcome'], main.outputs['changed']]).toEqual([0, 'success', 'true']);
    expect(main.annotations).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringMatching(/is discarded; not reverted: .*undo\.machines\[0\]\.machine\.instanceId/),
      }),
    );
    expect(main.report.warnings.join('\n')).toContain('is discarded; not reverted: ');
    const again = await job.run(discard);
    expect([again.code, again.outputs['changed'], again.report.warnings]).toEqual([0, 'false', []]);
  });

  it('with none of the members blocks no deploy, and scales nothing', async () => {
    plant(record({ replicas: { from: 0, set: 3 } }));
    const main = await job.run({ ...job.onAks, operation: 'deploy' });
    expect([main.code, main.outputs['ready-members']]).toEqual([0, '3']);
    expect(main.report.warnings.join('\n')).toContain('had 0 members (undo.replicas)');
    expect(main.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('(record-invalid)') }),
    );
  });
});
