import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '../../src/kubernetes/api/types.js';
import type { LabApi } from './api.js';

/**
 * The limit of a wait, sufficient on a busy machine. No test measures this time: it only makes a wait fail for
 * something that never happens, with the objects observed last.
 */
const patienceMs = 300_000;

/**
 * Watches a collection until `done` returns true for its objects. Resolves with them.
 * @throws Error after `timeoutMs` with the objects observed last
 */
export async function waitForObjects<T extends KubernetesObject>(
  api: LabApi,
  path: string,
  done: (objects: readonly T[]) => boolean,
  timeoutMs = patienceMs,
): Promise<readonly T[]> {
  const objects = new Map<string, T>();
  const watching = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<readonly T[]>((resolve, reject) => {
      timer = setTimeout(() => {
        const seen = JSON.stringify([...objects.values()]);
        reject(new Error(`${path}: not as awaited after ${timeoutMs} ms; last observed: ${seen}`));
      }, timeoutMs);
      let complete = false;
      const see = (): void => {
        if (complete && done([...objects.values()])) resolve([...objects.values()]);
      };
      const watch = api.watch<T>(
        path,
        ({ type, object }) => {
          const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
          if (type === 'DELETED') objects.delete(key);
          else objects.set(key, object);
          see();
        },
        watching.signal,
      );
      // The objects of the first list arrive one by one: some of them must not pass for all.
      watch.then(() => {
        complete = true;
        see();
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    watching.abort();
  }
}

/**
 * Resolves when a condition is true of something without change events, such as the process table. The event loop runs
 * in between.
 * @throws Error that names `what` when it does not become true
 */
export async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`did not happen within ${patienceMs} ms: ${what}`);
    await pause(5);
  }
}
