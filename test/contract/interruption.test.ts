import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import type { UndoEntry } from '../../src/step-context/undo-log.js';
import { isAlive } from '../support/process-table.js';
import { secondSignalMs } from '../support/step-process.js';
import { beginCluster, tagsOf } from './support/azure.js';
import { startIdentity } from './support/identity.js';
import { type Job, type Main, ownLogin, type Phase, probeImage, startJob } from './support/job.js';
import { fieldOf } from './support/kubernetes/objects.js';
import { startUntil } from './support/start-until.js';

/** Returns what the step left for post in the saved state. */
function leftIn({ state }: Pick<Phase, 'state'>): readonly UndoEntry[] {
  return JSON.parse(state['undo'] ?? '[]') as readonly UndoEntry[];
}

/** Expects that the step ended in time, by itself, and reported the cancel everywhere. */
function expectCancelled(job: Job, main: Main): void {
  expect(main.code).toBe(1);
  expect(main.cancelMs).toBeLessThan(secondSignalMs);
  expect(job.programs.running()).toEqual([]);
  expect(main.annotations.filter(({ level }) => level === 'error')).toMatchObject([{ title: 'cancelled' }]);
  expect(main.outputs).toMatchObject({ outcome: 'cancelled', 'error-code': 'cancelled' });
  expect(main.report).toMatchObject({ outcome: 'cancelled', errors: [{ code: 'cancelled' }] });
  expect(main.summary).toContain('cancelled');
  expect(main.junit).toContain('cancelled');
}

/** Expects that the post phase succeeded without a warning, and left nothing. */
function expectReverted(post: Phase): void {
  expect([post.code, post.annotations, leftIn(post)]).toEqual([0, [], []]);
  expect(post.summary).not.toContain('by hand');
}

describe('a cancelled step', () => {
  it('ends az with all its child processes while az creates the cluster, and post deletes what was begun', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    job.azure.creation = ['Creating'];
    job.programs.on('aks create', invocation => {
      beginCluster(job.azure, invocation);
      return { hang: true, child: 'stubborn', ignores: ['SIGINT'] };
    });
    const inputs = { ...ownLogin, operation: 'create' };
    const running = await job.start({ inputs, env: identity.environment });
    const az = await job.programs.called('aks create');
    const child = await job.programs.child();
    running.cancel();
    const main = await running.ended;

    expectCancelled(job, main);
    expect([isAlive(az.pid), isAlive(child)]).toEqual([false, false]);
    expect(az.signals).toEqual(['SIGINT', 'SIGTERM']);
    expect(leftIn(main)).toContainEqual(
      expect.objectContaining({ kind: 'cluster', creationId: tagsOf(az.argv)['creation-id'] }),
    );
    expect(main.report.pending).toEqual([
      'cluster aks-migratorydata in resource group rg-migratorydata-4711-check-0 must be deleted',
    ]);
    expect(main.log).not.toMatch(/az (group delete|aks delete)/);

    const post = await job.post(inputs, main, { env: identity.environment });
    expectReverted(post);
    expect(job.azure.groups.size).toBe(0);
    expect(post.summary).toContain('Resource group rg-migratorydata-4711-check-0 is being deleted');
  });

  it('leaves the namespace that it created to post during a rollout', async () => {
    await using job = await startJob();
    job.kubernetes.behaviour.podReadyMs = 3_600_000;
    const inputs = { ...job.onKubeconfig, operation: 'e2e' };
    const running = await startUntil(job, inputs, 'of 3 members are Ready');
    running.cancel();
    const main = await running.ended;
    expectCancelled(job, main);
    expect(leftIn(main)).toMatchObject([{ kind: 'namespace', namespace: 'migratory' }]);
    expect(main.report.pending).toEqual(['namespace migratory must be deleted']);

    const post = await job.post(inputs, main);
    expectReverted(post);
    expect(post.changes).toEqual(['DELETE /api/v1/namespaces/migratory']);
  });

  it('ends in time although a process that holds the output of az cannot be found', async () => {
    await using job = await startJob();
    job.programs.on('aks create', { hang: true, child: 'stray' });
    const running = await job.start({ inputs: { operation: 'create' } });
    await job.programs.child();
    running.cancel();
    const main = await running.ended;
    expectCancelled(job, main);
    expect(leftIn(main)).toContainEqual(expect.objectContaining({ kind: 'cluster' }));
  });

  it('ends in the same way with SIGTERM alone', async () => {
    await using job = await startJob();
    job.kubernetes.behaviour.podReadyMs = 3_600_000;
    const running = await startUntil(job, { ...job.onKubeconfig, operation: 'deploy' }, 'of 3 members are Ready');
    process.kill(running.pid, 'SIGTERM');
    const main = await running.ended;
    expect([main.code, main.outputs['outcome'], job.programs.running()]).toEqual([1, 'cancelled', []]);
    expect(leftIn(main)).toEqual([]);
  });

  it('leaves the probe inside the cluster to post, which deletes it', async () => {
    await using job = await startJob();
    await job.run({ ...job.onKubeconfig, operation: 'deploy', replicas: '4' });
    const chaos = { operation: 'chaos', hold: '10m', steady: '500ms', 'min-availability': '0' };
    const inputs = { ...job.onKubeconfig, ...chaos, 'probe-image': probeImage };
    const running = await startUntil(job, inputs, 'The fault is held.');
    running.cancel();
    const main = await running.ended;
    expectCancelled(job, main);
    expect(job.kubernetes.get('Pod', 'migratory', 'migratorydata-probe')).toBeDefined();

    const post = await job.post(inputs, main);
    expectReverted(post);
    expect(post.changes).toContain('DELETE /api/v1/namespaces/migratory/pods/migratorydata-probe');
    expect(job.kubernetes.get('Pod', 'migratory', 'migratorydata-probe')).toBeUndefined();
  });

  it('uncordons the node at once during a drain, and post verifies it and removes the kubeconfig', async () => {
    await using job = await startJob();
    await job.run({ operation: 'create' });
    await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    await job.run({ ...job.onKubeconfig, operation: 'autoscale' });
    const inputs = { ...job.onAks, operation: 'chaos', hold: '10m', steady: '500ms', 'min-availability': '0' };
    const running = await startUntil(job, inputs, 'The fault is held.');
    const [cordoned] = job.kubernetes.list('Node').filter(({ spec }) => spec?.['unschedulable'] === true);
    const node = cordoned?.metadata.name ?? '';
    running.cancel();
    const main = await running.ended;

    expectCancelled(job, main);
    expect(main.changes.at(-1)).toBe(
      `PATCH /api/v1/nodes/${node} {"metadata":{"annotations":{"migratorydata-aks/cordoned-by":null}},"spec":{"unschedulable":null}}`,
    );
    expect(main.outputs['verdict']).toBe('aborted');
    expect(
      leftIn(main)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['experiment', 'file', 'lock', 'lock']);
    expect(existsSync(main.outputs['kubeconfig'] ?? '')).toBe(true);

    const post = await job.post(inputs, main);
    expectReverted(post);
    expect(job.kubernetes.list('ConfigMap').concat(job.kubernetes.list('Lease'))).toEqual([]);
    expect(fieldOf(job.kubernetes.get('StatefulSet', 'migratory', 'migratorydata'), 'spec.replicas')).toBe(3);
    const scaler = job.kubernetes.get('HorizontalPodAutoscaler', 'migratory', 'migratorydata-autoscale');
    expect([fieldOf(scaler, 'spec.minReplicas'), fieldOf(scaler, 'spec.maxReplicas')]).toEqual([3, 5]);
    expect(existsSync(main.outputs['kubeconfig'] ?? '')).toBe(false);
  });

  it('keeps its namespace with the revert record during a drain when post cannot revert the node', async () => {
    await using job = await startJob();
    const inputs = {
      ...job.onKubeconfig,
      operation: 'e2e',
      'scale-to': '3',
      hold: '10m',
      steady: '500ms',
      'min-availability': '0',
    };
    const running = await startUntil(job, inputs, 'The fault is held.');
    const message = 'nodes are read-only';
    job.kubernetes.refuse({ method: 'PATCH', path: '/api/v1/nodes/', status: 403, reason: 'Forbidden', message });
    running.cancel();
    const main = await running.ended;
    expectCancelled(job, main);

    const post = await job.post(inputs, main);
    expect(post.changes).not.toContain('DELETE /api/v1/namespaces/migratory');
    expect(job.kubernetes.list('ConfigMap', 'migratory')).toHaveLength(1);
    expect(leftIn(post).map(({ kind }) => kind)).toEqual(['namespace', 'experiment']);
    const [error] = post.annotations;
    expect(error?.message).toContain(message);
    expect(error?.message).toContain(
      'namespace migratory must be deleted: Namespace migratory is not deleted: it contains',
    );
    expect(post.summary).toContain('- namespace migratory must be deleted');
  });
});

/**
 * The limit of ten seconds covers the work before the endless wait, which would take longer than one or two on a busy
 * machine.
 */
describe('a step that takes longer than its timeout', () => {
  it('deletes in the main phase what it has created', async () => {
    await using job = await startJob();
    job.azure.creation = ['Creating'];
    const inputs = { operation: 'create', timeout: '10s', 'create-timeout': '10s' };
    job.programs.on('aks create', invocation => {
      beginCluster(job.azure, invocation);
      return { hang: true };
    });
    const main = await job.run(inputs);
    expect(main).toMatchObject({ code: 1, outputs: { outcome: 'timed-out', 'error-code': 'timed-out' } });
    expect(main.report.errors).toMatchObject([{ code: 'timed-out', phase: 'create' }]);
    expect(main.requests.at(-1)).toMatch(/^DELETE .*\/resourceGroups\/[^/]+$/);
    expect([main.report.pending, job.azure.groups.size]).toEqual([[], 0]);
    const post = await job.post(inputs, main);
    expect([post.code, post.processes, post.summary]).toEqual([0, [], '']);
  });

  it('leaves the rest to post when it is also cancelled', async () => {
    await using job = await startJob();
    job.azure.creation = ['Creating'];
    const inputs = { operation: 'create', timeout: '10s', 'create-timeout': '10s' };
    let deletions = 0;
    job.azure.arm.on(/^DELETE /, () => {
      deletions += 1;
      if (deletions === 1) return 'silent';
      job.azure.groups.clear();
      return { status: 202 };
    });
    const running = await job.start({ inputs });
    await job.azure.arm.called(/^DELETE /);
    running.cancel();
    const main = await running.ended;
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect([main.code, main.outputs['outcome'], job.programs.running()]).toEqual([1, 'timed-out', []]);
    expect(main.report.pending).toHaveLength(1);
    expectReverted(await job.post(inputs, main));
    expect(job.azure.groups.size).toBe(0);
  });

  it('reverts what an experiment has changed', async () => {
    await using job = await startJob();
    await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    // The member that is added first never becomes Ready.
    job.kubernetes.behaviour.podReadyMs = 3_600_000;
    const limits = { timeout: '10s', 'max-recovery': '1s', hold: '0s', steady: '500ms', 'min-availability': '0' };
    const main = await job.run({ ...job.onKubeconfig, ...limits, operation: 'chaos' });
    expect(main.outputs).toMatchObject({ outcome: 'timed-out', 'error-code': 'timed-out', verdict: 'aborted' });
    expect(job.kubernetes.list('Node').filter(({ spec }) => spec?.['unschedulable'] === true)).toEqual([]);
    expect(fieldOf(job.kubernetes.get('StatefulSet', 'migratory', 'migratorydata'), 'spec.replicas')).toBe(3);
    expect([leftIn(main), main.report.pending]).toEqual([[], []]);
  });
});
