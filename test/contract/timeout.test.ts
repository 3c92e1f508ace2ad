import { describe, expect, it } from '@jest/globals';
import { secondSignalMs } from '../support/step-process.js';
import { beginCluster } from './support/azure.js';
import { startJob } from './support/job.js';
import { fieldOf } from './support/kubernetes/objects.js';
import { expectNothingLeft, leftIn } from './support/undo.js';

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
    expectNothingLeft(await job.post(inputs, main));
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
