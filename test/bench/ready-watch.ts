import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Pod } from '../../src/kubernetes/api/types.js';
import { isReady } from '../../src/kubernetes/pods.js';
import { connectApi } from '../lab/api.js';

export interface WatchOrder {
  readonly kubeconfig: string;
  /** The collection of pods. */
  readonly path: string;
}

/** The first Ready event of a pod. */
export interface SeenReady {
  readonly uid: string;
  /** Milliseconds since 1970, by the monotonic clock that all threads of a process share. */
  readonly atMs: number;
}

/** The clock of {@link SeenReady}. */
export function sharedClockMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Runs in the thread: watches pods on a separate connection, directly to the API server, and posts {@link SeenReady}.
 * In a thread, so that work of the main thread does not delay its timestamps.
 */
async function watchPods(
  { kubeconfig, path }: WatchOrder,
  post: (seen: SeenReady | 'watching') => void,
): Promise<void> {
  const api = await connectApi(kubeconfig);
  const seen = new Set<string>();
  const neverAborted = new AbortController().signal;
  await api.watch<Pod>(
    path,
    ({ object }) => {
      const atMs = sharedClockMs();
      const { uid = '' } = object.metadata;
      if (!isReady(object) || seen.has(uid)) return;
      seen.add(uid);
      post({ uid, atMs });
    },
    neverAborted,
  );
  post('watching');
}

if (!isMainThread) {
  await watchPods(workerData as WatchOrder, message => parentPort?.postMessage(message));
}
