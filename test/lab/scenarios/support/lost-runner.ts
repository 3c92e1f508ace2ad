import { slowOperation } from '../../azure/faults.js';
import { createGate } from '../../azure/gate.js';
import type { Lab, LabCluster } from '../../lab.js';
import { logIn, startAzureJob } from './azure-job.js';
import { generousLimits } from './limits.js';
import type { Inputs, Steps } from './steps.js';

export const namespace = 'migratory';

/** A deployment on a cluster, and two runners of the same run: one is lost, and the other one runs after it. */
export interface LostRunner {
  readonly cluster: LabCluster;
  readonly job: Steps;
  readonly rescuer: Steps;
  /**
   * Runs an experiment until Azure has accepted a POST to a path that matches, and kills it then. Azure makes the
   * change when the returned function is called.
   */
  killWhenAccepted(experiment: string, path: RegExp): Promise<() => void>;
  /** Returns the number of such requests. */
  requestsTo(path: RegExp): number;
  /** Returns the power states of the machines, once Azure has no operation left. */
  powers(): Promise<readonly string[]>;
}

/** Returns the inputs of an experiment that is interrupted while it is held. */
export function machineExperiment(experiments: string): Inputs {
  return {
    ...{ operation: 'chaos', experiments, steady: '0s', hold: '1m', timeout: '3h' },
    ...{ ...generousLimits, 'max-recovery': '3m', 'allow-unsupported-node-ops': 'true' },
  };
}

export async function startLostRunner(lab: Lab, group: string, name: string): Promise<LostRunner> {
  await logIn(lab);
  const common = { 'resource-group': group, 'cluster-name': name };
  const job = await startAzureJob(lab, { common });
  const rescuer = await startAzureJob(lab, { common });
  await job.pass({ operation: 'create' });
  await job.pass({ operation: 'deploy' });
  return {
    cluster: lab.cluster(name),
    job,
    rescuer,
    async killWhenAccepted(experiment, path) {
      const gate = createGate();
      lab.azure.inject(slowOperation({ gate }, { method: 'POST', path }));
      const dying = await job.start(machineExperiment(experiment));
      await gate.reached;
      dying.kill();
      await dying.ended;
      return () => {
        gate.open();
      };
    },
    requestsTo: path =>
      lab.azure.requests().filter(request => request.method === 'POST' && path.test(request.path)).length,
    async powers() {
      await lab.azure.idle();
      return lab.azure.resources().scaleSets.flatMap(({ instances }) => instances.map(({ power }) => power));
    },
  };
}
