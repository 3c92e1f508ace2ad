import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { isReady } from '../../src/kubernetes/pods.js';
import type { Pod } from '../../src/kubernetes/types.js';
import { connectApi } from '../lab/api.js';

export interface WatchOrder {
  readonly kubeconfig: string;
  /** The collection of pods. */
  readonly path: string;
}

/** A pod was seen Ready for the first time. */
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
 * The body of the thread: it watches pods on a connection of its own, straight to the API server, and posts
 * {@link SeenReady}. A thread, so that what the main thread is busy with does not delay its stamps.
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
