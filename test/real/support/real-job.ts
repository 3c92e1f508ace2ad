import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Lab } from '../../lab/lab.js';
import { type RealCluster, startRealCluster } from '../../lab/real/cluster.js';
import { type Objects, objectsOf } from '../../lab/scenarios/support/objects.js';
import { type Inputs, startSteps, type Steps } from '../../lab/scenarios/support/steps.js';
import { locateNodePrograms } from '../../lab/tools/node-programs.js';
import { projectFile } from '../../lab/tools/project-files.js';

/** The path of a patch for the input `patches`, with which members wait as little as real probes allow. */
const shortWaits = projectFile('test/real/support/short-waits.yaml');

/** A job with provider kubeconfig on a cluster of real nodes. */
export interface RealJob extends Steps {
  readonly cluster: RealCluster;
  readonly objects: Objects;
  /** Writes a patch of the pods beside the short waits, and returns the folder for the input `patches`. */
  patch(pod: object): string;
  /** Starts another runner of the same job. */
  another(name: string): Promise<Steps>;
}

/** Starts a cluster of real nodes in a lab, and a job that deploys with short waits and node ports. */
export async function startRealJob(lab: Lab, nodes: number): Promise<RealJob> {
  const { folder, tools } = lab;
  const programs = await locateNodePrograms(() => undefined);
  const cluster = await startRealCluster({ folder: join(folder, 'real'), name: 'kind', nodes, tools, programs });
  const { kubeconfig } = cluster.controlPlane;
  const inputs: Inputs = { provider: 'kubeconfig', kubeconfig, 'service-type': 'node-port', patches: shortWaits };
  const another = (name: string): Promise<Steps> => startSteps(lab, name, { inputs });
  return {
    ...(await another('runner')),
    ...{ cluster, objects: objectsOf(cluster.api), another },
    patch(pod) {
      const patches = mkdtempSync(join(folder, 'patches-'));
      copyFileSync(shortWaits, join(patches, 'first.yaml'));
      const later = { kind: 'StatefulSet', metadata: { name: 'migratorydata' }, spec: { template: { spec: pod } } };
      writeFileSync(join(patches, 'later.yaml'), JSON.stringify(later));
      return patches;
    },
  };
}
