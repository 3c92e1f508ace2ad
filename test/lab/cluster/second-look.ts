import type { Pod } from '../../../src/kubernetes/api/types.js';
import { isReady } from '../../../src/kubernetes/pods.js';
import type { LabApi } from '../api.js';
import { waitForObjects } from '../wait.js';

/** kwok has the lease of a node within seconds, and sees every change after that. */
const looks = 15;

/**
 * Makes kwok check the pods of a node again after it has taken over the node. It checks once when it gets the lease,
 * skips all pods if its copy of the lease is late by then ("read only" in PodController.watchResources, v0.8.0), and
 * does not check again before a pod changes. A kubelet checks its pods periodically. So pods that are not Ready are
 * touched until they are, as long as `goesOn`.
 */
export async function lookAgain(
  api: LabApi,
  node: string,
  goesOn: () => boolean,
  everyMs: number = 1_000,
): Promise<void> {
  const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`;
  let waiting: readonly Pod[] = [];
  const areAllReady = (pods: readonly Pod[]): boolean => {
    waiting = pods.filter(pod => pod.metadata.deletionTimestamp === undefined && !isReady(pod));
    return waiting.length === 0;
  };
  for (let look = 1; look <= looks && goesOn(); look += 1) {
    try {
      await waitForObjects<Pod>(api, path, areAllReady, everyMs);
      return;
    } catch {
      const annotations = { 'migratorydata-aks-lab/look': String(look) };
      const touch = ({ metadata: { namespace = '', name } }: Pod): Promise<unknown> =>
        api.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } });
      await Promise.allSettled(waiting.map(touch));
    }
  }
}
