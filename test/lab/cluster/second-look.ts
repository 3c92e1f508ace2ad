import { isReady } from '../../../src/kubernetes/pods.js';
import type { Pod } from '../../../src/kubernetes/types.js';
import type { LabApi } from '../api.js';
import { waitForObjects } from '../wait.js';

/** kwok has a node's lease within seconds; after that it sees every change. */
const looks = 15;

/**
 * Makes kwok look again at the pods of a node that it has just taken over. It looks once when it gets the lease, passes
 * over all pods if its own copy of the lease is late by then ("read only" in PodController.watchResources, v0.8.0), and
 * looks no more before a pod changes. A kubelet goes through its pods again and again. So pods that are not Ready are
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
