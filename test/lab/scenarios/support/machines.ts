import { expect } from '@jest/globals';
import type { Node } from '../../../../src/kubernetes/types.js';
import type { Lab, LabCluster } from '../../lab.js';
import { logIn, startAzureJob } from './azure-job.js';
import { expectPutBack } from './chaos.js';
import { generousLimits } from './limits.js';
import { objectsOf, type Objects } from './objects.js';
import type { Inputs, Steps } from './steps.js';

export const namespace = 'migratory';

/** A deployment on AKS: three zones, three machines, three seed members. */
export interface Machines {
  readonly job: Steps;
  /** Of the same run, on another runner. */
  readonly rescuer: Steps;
  readonly cluster: LabCluster;
  readonly objects: Objects;
  /** By the names of the nodes. */
  readonly bootIds: () => Promise<ReadonlyMap<string, string>>;
  /** Every machine of the subscription runs, and nothing of the experiment is left. */
  readonly expectWhole: () => Promise<void>;
}

export async function startMachines(lab: Lab, group: string, name: string): Promise<Machines> {
  await logIn(lab);
  const common = { 'resource-group': group, 'cluster-name': name };
  const job = await startAzureJob(lab, { common });
  const rescuer = await startAzureJob(lab, { common });
  await job.pass({ operation: 'create', zones: '1,2,3' });
  const cluster = lab.cluster(name);
  const objects = objectsOf(cluster.api);
  await job.pass({ operation: 'deploy' });
  return {
    ...{ job, rescuer, cluster, objects },
    async bootIds() {
      const { items } = await cluster.api.list<Node>('/api/v1/nodes');
      return new Map(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo?.bootID ?? '']));
    },
    async expectWhole() {
      await lab.azure.idle();
      const states = lab.azure.resources().scaleSets.flatMap(({ instances }) => instances.map(({ power }) => power));
      expect(new Set(states)).toEqual(new Set(['running']));
      await expectPutBack(cluster, objects, namespace, 3);
    },
  };
}

/** The inputs of experiments on machines. */
export function machineChaos(experiments: string, more: Inputs = {}): Inputs {
  return {
    ...{ operation: 'chaos', experiments, steady: '1s', 'allow-unsupported-node-ops': 'true', timeout: '3h' },
    ...generousLimits,
    ...more,
  };
}
