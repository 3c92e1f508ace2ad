import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab, LabCluster } from '../../lab.js';
import { objectsOf, type Objects } from './objects.js';
import { shortWaits } from './short-waits.js';
import { startSteps, type Steps } from './steps.js';

/** A job with provider kubeconfig on one cluster, on a runner that has kubectl but no az. */
export interface KubeconfigJob<Cluster extends LabCluster = LabCluster> extends Steps {
  readonly cluster: Cluster;
  readonly objects: Objects;
}

/** The smallest deployment: its only member waits for no other. */
export const oneMember = { replicas: '1', 'min-replicas': '1', 'seed-members': '1' } as const;

/** Starts a job on a cluster, and deploys with short waits. The runner has the name of the cluster. */
export async function startKubeconfigJob<Cluster extends LabCluster>(
  lab: Lab,
  cluster: Cluster,
): Promise<KubeconfigJob<Cluster>> {
  const path = join(lab.folder, `path-${cluster.name}`);
  await mkdir(path);
  await symlink(lab.tools.kubectl, join(path, 'kubectl'));
  const steps = await startSteps(lab, `runner-${cluster.name}`, {
    inputs: { provider: 'kubeconfig', kubeconfig: cluster.kubeconfig, patches: shortWaits },
    env: { PATH: path },
  });
  return { ...steps, cluster, objects: objectsOf(cluster.api) };
}
