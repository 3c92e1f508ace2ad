import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { isAlive } from '../support/process-table.js';
import { secondSignalMs } from '../support/step-process.js';
import { beginCluster, tagsOf } from './support/azure.js';
import { startIdentity } from './support/identity.js';
import { type Job, type Main, ownLogin, probeImage, startJob } from './support/job.js';
import { fieldOf } from './support/kubernetes/objects.js';
import { startUntil } from './support/start-until.js';
import { expectNothingLeft, leftIn } from './support/undo.js';

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
    expectNothingLeft(post);
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
    expectNothingLeft(post);
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
    expectNothingLeft(post);
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
    expectNothingLeft(post);
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
