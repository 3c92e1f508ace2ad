import type { Lab } from '../../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './kubeconfig-job.js';
import { generousLimits } from './limits.js';
import { type Inputs, type RunningStep, startSteps, type Steps } from './steps.js';

export const namespace = 'migratory';
/** Short, so that a kill falls on a change and not into a wait. */
export const drain: Inputs = {
  ...{ operation: 'chaos', experiments: 'drain', hold: '0s', steady: '0s', ...generousLimits },
  'service-type': 'node-port',
};

/** A deployment with an autoscaler, on which drains are killed. */
export interface DyingDrain {
  readonly job: KubeconfigJob;
  /** Of the same run, on another runner. */
  readonly rescuer: Steps;
  /** Of another run. */
  readonly stranger: Steps;
  /** Kills a drain at a moment; false when it had ended before that. @throws Error when a program of it lives on. */
  readonly killWhen: (moment: (step: RunningStep) => Promise<boolean>) => Promise<boolean>;
  /** Kills a drain once it has made so many changes; false when it makes fewer. */
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
    if (programs.length > 0) throw new Error(`after the kill there is still ${programs.join(', ')}`);
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
