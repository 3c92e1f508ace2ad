import type { ServerResponse } from 'node:http';
import { fieldOf, resourceOf, type StoredObject } from './objects.js';
import type { Store } from './store.js';

const pods = resourceOf('Pod');

/** Returns whether a pod is the probe of an experiment. */
export function isProbe({ metadata }: StoredObject): boolean {
  return metadata.labels?.['app.kubernetes.io/name'] === 'migratorydata-probe';
}

/** What the probe has printed by now: one successful attempt per second. */
export function printAttempts({ metadata }: StoredObject): string {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(metadata.creationTimestamp)) / 1_000));
  const lines = Array.from({ length: seconds }, (_, index) => `${index + 1} ${700 + index}.00 ${700 + index}.02 ok\n`);
  return lines.join('');
}

/** Binds pods without a controller to the first node that their affinity allows, as a scheduler does. */
export function bindLonePods(store: Store): void {
  for (const pod of store.list(pods)) {
    const isBound = fieldOf(pod, 'spec.nodeName') !== undefined;
    if (isBound || pod.metadata['ownerReferences'] !== undefined) continue;
    const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
    const [term] = (fieldOf(pod, path) ?? []) as readonly { readonly matchFields: readonly Refused[] }[];
    const refused = term?.matchFields.flatMap(({ values }) => values) ?? [];
    const [node] = store.list(resourceOf('Node')).filter(({ metadata }) => !refused.includes(metadata.name));
    if (node) store.put(pods, { ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } });
  }
}

interface Refused {
  readonly values: readonly string[];
}

/** Sends the log of a pod as it grows, until the pod is gone. */
export function followLog(store: Store, pod: StoredObject, log: () => string, response: ServerResponse): void {
  let sent = 0;
  const write = (): void => {
    const text = log();
    response.write(text.slice(sent));
    sent = text.length;
  };
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
  write();
  const timer = setInterval(write, 50);
  const stop = store.onChange(({ type, object }) => {
    if (type === 'DELETED' && object.metadata.uid === pod.metadata.uid) response.end();
  });
  response.once('close', () => {
    clearInterval(timer);
    stop();
  });
}
