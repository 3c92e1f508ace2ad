import { describe, expect, it } from '@jest/globals';
import { secondSignalMs } from '../../support/step-process.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { uidsOf } from './support/objects.js';
import type { RunningStep } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('a cancelled step', () => {
  let job: KubeconfigJob;

  /** Expects that the main phase ends in time, fails, and has written its reports. */
  const expectCancelled = async (step: RunningStep): Promise<void> => {
    const main = await step.ended;
    expect(main.signal).toBeUndefined();
    expect(main.code).toBe(1);
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect(main.outputs).toMatchObject({ outcome: 'cancelled', 'error-code': 'cancelled' });
    expect(main.summary).toContain('was cancelled after');
    expect(await step.report()).toMatchObject({ outcome: 'cancelled', errors: [{ code: 'cancelled' }] });
    expect(job.programs()).toEqual([]);
  };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  });

  it('during a deployment, leaves a state from which the next deployment continues', async () => {
    const deployment = { operation: 'deploy', 'service-type': 'node-port' };
    // Without the patch, members start slowly enough to cancel between them.
    const step = await job.start({ ...deployment, patches: '' });
    await step.logged('1 of 3 members are Ready');
    step.cancel();
    await expectCancelled(step);
    expect((await step.report()).pending).toEqual([]);
    expect((await step.post()).code).toBe(0);

    const [first] = await job.objects.members('migratory');
    const { main } = await job.pass(deployment);
    expect(main.outputs).toMatchObject({ 'ready-members': '3' });
    expect(uidsOf(await job.objects.members('migratory'))).toContain(first?.metadata.uid);
  });

  it('during the drain of a node, reverts the cordon, the additional member and the bounds of the autoscaler', async () => {
    await job.pass({ operation: 'autoscale' });
    const step = await job.start({ operation: 'chaos', hold: '10m', steady: '0s', timeout: '2h' });
    await step.logged('The fault is held.');
    expect(await job.objects.cordoned()).toHaveLength(1);
    expect(await job.objects.members('migratory')).toHaveLength(4);
    step.cancel();
    await expectCancelled(step);
    // The signal handler has made the calls already; post verifies them.
    expect(await job.objects.cordoned()).toEqual([]);
    expect((await step.ended).outputs['verdict']).toBe('aborted');

    const post = await step.post();
    expect(post.code).toBe(0);
    expect(post.summary).toContain('Experiment drain was reverted.');
    const members = await job.objects.untilReady('migratory', 3);
    expect((await job.objects.statefulSet('migratory')).spec.replicas).toBe(3);
    expect((await job.objects.autoscaler('migratory')).spec).toMatchObject({ minReplicas: 3, maxReplicas: 5 });

    // A repeated post phase finds everything reverted.
    expect((await step.post()).code).toBe(0);
    expect(uidsOf(await job.objects.untilReady('migratory', 3))).toEqual(uidsOf(members));
    expect(await job.objects.cordoned()).toEqual([]);
  });

  it('while a drain adds a member, removes that member', async () => {
    const step = await job.start({ operation: 'chaos', hold: '0s', steady: '0s' });
    await step.logged('adding one first');
    step.cancel();
    await expectCancelled(step);
    expect(await job.objects.cordoned()).toEqual([]);
    expect((await step.post()).code).toBe(0);
    await job.objects.untilReady('migratory', 3);
    expect((await job.objects.statefulSet('migratory')).spec.replicas).toBe(3);
  });

  it('in the middle of e2e, leaves nothing', async () => {
    const step = await job.start({ operation: 'e2e', namespace: 'whole', 'service-type': 'node-port' });
    await step.logged('of 3 members are Ready');
    step.cancel();
    await expectCancelled(step);
    expect((await step.report()).pending).toEqual(['namespace whole must be deleted']);
    const post = await step.post();
    expect(post.code).toBe(0);
    expect(post.summary).toContain('Namespace whole is being deleted.');
    await job.objects.untilNamespaceGone('whole');
    expect((await step.post()).code).toBe(0);
    expect(job.programs()).toEqual([]);
  });
});
