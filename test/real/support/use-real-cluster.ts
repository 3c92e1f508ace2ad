import { afterAll, beforeAll, jest } from '@jest/globals';
import { join } from 'node:path';

import { type Lab, startLab } from '../../lab/lab.js';
import { type RealCluster, startRealCluster } from '../../lab/real/cluster.js';
import { hangMs } from '../../lab/scenarios/support/limits.js';
import { type Objects, objectsOf } from '../../lab/scenarios/support/objects.js';
import { type Inputs, startSteps, type Steps } from '../../lab/scenarios/support/steps.js';
import { locateNodePrograms } from '../../lab/tools/node-programs.js';
import { projectFile } from '../../lab/tools/project-files.js';

/** The path of a patch for the input `patches`, with which members wait as little as real probes allow. */
export const shortWaits = projectFile('test/real/support/short-waits.yaml');

/** A job with provider kubeconfig on a cluster of real nodes. */
export interface RealJob extends Steps {
  readonly cluster: RealCluster;
  readonly objects: Objects;
  /** Starts another runner of the same job, with other variables. */
  another(name: string, env?: Readonly<Record<string, string>>): Promise<Steps>;
}

/**
 * Starts a cluster of real nodes before the tests of a describe, and stops it after them. Deployments wait as little as
 * possible, and are reached at node ports.
 * @param prepare gets the job, and deploys what the tests share
 */
export function useRealCluster(nodes: number, prepare: (job: RealJob) => void | Promise<void>): void {
  let lab: Lab | undefined;
  let cluster: RealCluster | undefined;
  jest.setTimeout(hangMs);

  beforeAll(async () => {
    lab = await startLab();
    const { folder, tools } = lab;
    const programs = await locateNodePrograms(() => undefined);
    cluster = await startRealCluster({ folder: join(folder, 'real'), name: 'kind', nodes, tools, programs });
    const { kubeconfig } = cluster.controlPlane;
    const inputs: Inputs = { provider: 'kubeconfig', kubeconfig, 'service-type': 'node-port', patches: shortWaits };
    const start = (name: string, env = {}): Promise<Steps> => startSteps(lab as Lab, name, { inputs, env });
    await prepare({ ...(await start('runner')), cluster, objects: objectsOf(cluster.api), another: start });
  });

  afterAll(async () => {
    await cluster?.stop();
    await lab?.stop();
  });
}
