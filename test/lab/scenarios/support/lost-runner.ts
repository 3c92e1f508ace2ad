import { slowOperation } from '../../azure/faults.js';
import { createGate } from '../../azure/gate.js';
import type { Lab, LabCluster } from '../../lab.js';
import { logIn, startAzureJob } from './azure-job.js';
import { generousLimits } from './limits.js';
import type { Steps } from './steps.js';

export const namespace = 'migratory';

/** A deployment on a cluster, and two runners of the same run: one that is lost, and one that comes after it. */
export interface LostRunner {
  readonly cluster: LabCluster;
  readonly job: Steps;
  readonly rescuer: Steps;
  /**
   * Runs an experiment until Azure has accepted a POST to such a path, and kills it there. Azure makes the change when
   * the function that this resolves with is called.
   */
  killWhenAccepted(experiment: string, path: RegExp): Promise<() => void>;
  /** How many such requests there were. */
  requestsTo(path: RegExp): number;
  /** The power states of the machines, once Azure has nothing left to do. */
  powers(): Promise<readonly string[]>;
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
      const dying = await job.start({
        ...{ operation: 'chaos', experiments: experiment, steady: '0s', hold: '1m', timeout: '3h' },
        ...{ ...generousLimits, 'max-recovery': '3m', 'allow-unsupported-node-ops': 'true' },
      });
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
