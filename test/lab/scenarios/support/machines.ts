import { expect } from '@jest/globals';
import type { Node } from '../../../../src/kubernetes/api/types.js';
import { operationDefinitions } from '../../../../src/operations/index.js';
import type { Lab, LabCluster } from '../../lab.js';
import { restrict } from './accounts.js';
import { logIn, startAzureJob } from './azure-job.js';
import { expectReverted } from './chaos.js';
import { generousLimits } from './limits.js';
import { objectsOf, type Objects } from './objects.js';
import type { Inputs, Steps } from './steps.js';

export const namespace = 'migratory';

/** A deployment on AKS: three zones, three machines, three seed members. */
export interface Machines {
  readonly job: Steps;
  /** A second runner of the same run. */
  readonly rescuer: Steps;
  readonly cluster: LabCluster;
  readonly objects: Objects;
  /** Returns the boot ids by node name. */
  readonly bootIds: () => Promise<ReadonlyMap<string, string>>;
  /** Expects that every machine of the subscription runs, and that the experiment left nothing. */
  readonly expectHealthy: () => Promise<void>;
}

/**
 * Creates and deploys, each with exactly its permissions.
 * @param more inputs of all steps
 */
export async function startMachines(lab: Lab, group: string, name: string, more: Inputs = {}): Promise<Machines> {
  await logIn(lab);
  const common = { 'resource-group': group, 'cluster-name': name, ...more };
  const job = await startAzureJob(lab, { common });
  const rescuer = await startAzureJob(lab, { common });
  restrict(lab, name, operationDefinitions.create.permissions);
  await job.pass({ operation: 'create', zones: '1,2,3' });
  const cluster = lab.cluster(name);
  const objects = objectsOf(cluster.api);
  const lift = restrict(lab, name, operationDefinitions.deploy.permissions);
  await job.pass({ operation: 'deploy' });
  lift();
  return {
    ...{ job, rescuer, cluster, objects },
    async bootIds() {
      const { items } = await cluster.api.list<Node>('/api/v1/nodes');
      return new Map(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo?.bootID ?? '']));
    },
    async expectHealthy() {
      await lab.azure.idle();
      const states = lab.azure.resources().scaleSets.flatMap(({ instances }) => instances.map(({ power }) => power));
      expect(new Set(states)).toEqual(new Set(['running']));
      await expectReverted(cluster, objects, namespace, 3);
    },
  };
}

/** Returns the inputs of experiments on machines. */
export function machineChaos(experiments: string, more: Inputs = {}): Inputs {
  return {
    ...{ operation: 'chaos', experiments, steady: '1s', 'allow-unsupported-node-ops': 'true', timeout: '3h' },
    ...generousLimits,
    ...more,
  };
}
