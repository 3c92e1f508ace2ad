import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { expectNothingLeft, expectPutBack, leftoversOf } from '../support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from '../support/kubeconfig-job.js';
import { generousLimits } from '../support/limits.js';
import { randomOf, seed } from '../support/random.js';
import { errorOf, notesOf, startSteps, type Inputs, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';
/** A guard against hanging only, for scenarios that kill and recover many times. */
const longTimeoutMs = 3_600_000;
/** A runner that is lost in the middle of an experiment, at any moment, and another one that puts the cluster back. */
describe('a runner that dies during an experiment', () => {
  let job: KubeconfigJob;
  /** Of the same run, on another runner. */
  let rescuer: Steps;
  /** Of another run. */
  let stranger: Steps;
  let kills = 0;

  const drain: Inputs = {
    ...{ operation: 'chaos', experiments: 'drain', hold: '0s', steady: '0s', ...generousLimits },
    'service-type': 'node-port',
  };
  /** Kills a drain at a moment; false when it had ended before that. */
  const killWhen = async (
    moment: (step: Awaited<ReturnType<Steps['start']>>) => Promise<boolean>,
  ): Promise<boolean> => {
    const step = await job.start(drain);
    const alive = await moment(step);
    step.kill();
    await step.ended;
    expect(job.programs()).toEqual([]);
    if (alive) kills += 1;
    return alive;
  };
  const recoverAndCheck = async (replicas: number): Promise<void> => {
    await rescuer.pass({ operation: 'recover' });
    await job.objects.untilReady(namespace, replicas);
    await expectPutBack(job.cluster, job.objects, namespace, replicas);
    const { minReplicas, maxReplicas } = (await job.objects.autoscaler(namespace)).spec;
    expect([minReplicas, maxReplicas]).toEqual([replicas, 5]);
  };

  useLab(async lab => {
    console.log(`CHAOS_SEED=${seed}`);
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    const inputs = { provider: 'kubeconfig', kubeconfig: job.cluster.kubeconfig };
    rescuer = await startSteps(lab, 'rescuer', { inputs });
    stranger = await startSteps(lab, 'stranger', { inputs, env: { GITHUB_RUN_ID: '9999' } });
    await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
    await job.pass({ operation: 'autoscale' });
  });

  it(
    'leaves nothing behind at any of its changes',
    async () => {
      const anyMore = async (change: number): Promise<boolean> =>
        killWhen(step =>
          step.logged('same as: ', change).then(
            () => true,
            () => false,
          ),
        );
      let changes = 0;
      while (await anyMore(changes + 1)) {
        changes += 1;
        await recoverAndCheck(3);
      }
      // Lease, mark, three nodes, autoscaler, cordon, a member more, eviction; and the way back.
      expect(changes).toBeGreaterThanOrEqual(17);
    },
    longTimeoutMs,
  );

  it(
    'leaves nothing behind at random moments',
    async () => {
      const random = randomOf(seed);
      while (kills < 50) {
        const delayMs = random() * 14_000;
        await killWhen(async step => {
          const ended = step.ended.then(() => false);
          return Promise.race([sleep(delayMs, true), ended]);
        });
        await recoverAndCheck(3);
      }
    },
    longTimeoutMs,
  );

  it('is put back by the next operation as well', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    expect(await leftoversOf(job.cluster, namespace)).toContain('migratorydata-aks-mark');
    const next = await job.pass({ operation: 'scale', 'scale-to': '3', 'service-type': 'node-port' });
    expect(notesOf(next).join('\n')).toContain('Experiment drain of acme/shop/4711/check-0');
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is waited for by another run, half a minute, and found dead', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    const recovered = await stranger.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is left alone while it lives, and nothing else is begun', async () => {
    const living = await job.start({ ...drain, hold: '5m', 'max-recovery': '10m' });
    await living.logged('The fault is held');
    const recovering = await stranger.fail({ operation: 'recover' });
    expect(recovering.main.outputs['error-code']).toBe('locked');
    expect(errorOf(recovering)).toContain('Another run works on namespace migratory: acme/shop/4711/check-0');
    const deploying = await stranger.fail({ operation: 'deploy', 'service-type': 'node-port' });
    expect(deploying.main.outputs['error-code']).toBe('locked');
    const deleting = await stranger.fail({ operation: 'teardown' });
    expect(deleting.main.outputs['error-code']).toBe('locked');
    expect(await job.objects.cordoned()).toHaveLength(1);
    living.cancel();
    await living.ended;
    await living.post();
    await job.objects.untilReady(namespace, 3);
    await expectPutBack(job.cluster, job.objects, namespace, 3);
  });

  it('has nothing to do where nothing was left', async () => {
    const idle = await rescuer.pass({ operation: 'recover' });
    expect(idle.main.outputs['changed']).toBe('false');
    expect(notesOf(idle).join('\n')).toContain('No experiment is left to be undone');
  });

  it('is put back before its deployment is torn down, which takes the mark with it', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    expect(await job.objects.cordoned()).toHaveLength(1);
    const deleted = await rescuer.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    expect(deleted.main.outputs['deleted']).toBe('true');
    expect(notesOf(deleted).join('\n')).toContain('Experiment drain is undone.');
    expect(await job.objects.cordoned()).toEqual([]);
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is put back by the copy of the mark when somebody has deleted the namespace', async () => {
    await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
    await killWhen(step => step.logged('The budget allows').then(() => true));
    await job.cluster.api.request('DELETE', `/api/v1/namespaces/${namespace}`);
    await job.objects.untilNamespaceGone(namespace);
    expect(await leftoversOf(job.cluster, namespace)).toContain('migratorydata-aks/mark');
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    expect(await job.objects.cordoned()).toEqual([]);
    await expectNothingLeft(job.cluster, namespace);
  });
});
