import type { Lab } from '../../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './kubeconfig-job.js';
import { generousLimits } from './limits.js';
import { shortenLeases } from './short-leases.js';
import { type Inputs, type RunningStep, startSteps, type Steps } from './steps.js';

export const namespace = 'migratory';
/** A drain with short waits, so that a kill falls on a change and not on a wait. */
export const drain: Inputs = {
  ...{ operation: 'chaos', experiments: 'drain', hold: '0s', steady: '0s', ...generousLimits },
  'service-type': 'node-port',
};

/** A deployment with an autoscaler, whose drains are killed. */
export interface DyingDrain {
  readonly job: KubeconfigJob;
  /** A second runner of the same run. */
  readonly rescuer: Steps;
  /** A runner of another run. */
  readonly stranger: Steps;
  /**
   * Kills a drain when `moment` resolves. Returns false when the drain had ended before.
   * @throws Error when a program of the drain still runs after the kill.
   */
  readonly killWhen: (moment: (step: RunningStep) => Promise<boolean>) => Promise<boolean>;
  /** Kills a drain after its first `change` changes. Returns false when it makes fewer. */
  readonly killAtChange: (change: number) => Promise<boolean>;
}

export async function startDyingDrain(lab: Lab): Promise<DyingDrain> {
  const job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  const inputs = { provider: 'kubeconfig', kubeconfig: job.cluster.kubeconfig };
  const rescuer = await startSteps(lab, 'rescuer', { inputs });
  const stranger = await startSteps(lab, 'stranger', { inputs, env: { GITHUB_RUN_ID: '9999' } });
  await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
  await job.pass({ operation: 'autoscale' });
  const killWhen: DyingDrain['killWhen'] = async moment => {
    const step = await job.start(drain);
    const alive = await moment(step);
    step.kill();
    await step.ended;
    const programs = job.programs();
    if (programs.length > 0) throw new Error(`after the kill, these programs still run: ${programs.join(', ')}`);
    await shortenLeases(job.cluster, namespace);
    return alive;
  };
  return {
    job,
    rescuer,
    stranger,
    killWhen,
    killAtChange: change =>
      killWhen(step =>
        step.logged('same as: ', change).then(
          () => true,
          () => false,
        ),
      ),
  };
}
