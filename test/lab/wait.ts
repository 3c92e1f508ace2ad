import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '../../src/kubernetes/types.js';
import type { LabApi } from './api.js';

/**
 * How long a wait goes on for what should come, on a machine that is busy with other things as well. No test is about
 * this time: what does not come at all has failed after it, with the objects seen last.
 */
const patienceMs = 300_000;

/**
 * Watches a collection until `done` holds for its objects; resolves with them.
 * @throws Error after `timeoutMs` with the objects seen last
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
        reject(new Error(`${path}: not as awaited after ${timeoutMs} ms; last seen: ${seen}`));
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
      // Objects of the first list come one by one: a part of them must not be taken for all.
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
 * Resolves when a condition holds of something that tells nobody when it changes, such as the process table; the event
 * loop turns in between.
 * @throws Error naming `what` when it does not come to hold
 */
export async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`did not happen within ${patienceMs} ms: ${what}`);
    await pause(5);
  }
}
