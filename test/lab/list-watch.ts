import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject, List, Status } from '../../src/kubernetes/api/types.js';
import type { WatchEvent } from './api.js';

interface Source<T> {
  /** Reads the complete collection. */
  list(): Promise<List<T>>;
  /** Opens a watch stream: one JSON event per line. */
  open(query: string): Promise<AsyncIterable<unknown>>;
  onEvent(event: WatchEvent<T>): void;
  readonly signal: AbortSignal;
}

type StreamEvent<T> =
  | WatchEvent<T>
  | { readonly type: 'BOOKMARK'; readonly object: KubernetesObject }
  | { readonly type: 'ERROR'; readonly object: Status };

const retryMs = 200;

/**
 * Lists, then watches from the version of the list. When the server ends the watch, as it does regularly, it watches
 * again from the last observed version. When the connection breaks or the server has dropped that version (410), it
 * lists again. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function followList<T extends KubernetesObject>(source: Source<T>): Promise<void> {
  const known = new Map<string, T>();
  let version: string | undefined = await relist(source, known);

  const follow = async (): Promise<void> => {
    while (!source.signal.aborted) {
      try {
        version ??= await relist(source, known);
        for await (const event of eventsFrom<T>(await source.open(watchQuery(version)))) {
          if (event.type === 'ERROR') {
            version = undefined;
            break;
          }
          version = event.object.metadata.resourceVersion;
          if (event.type !== 'BOOKMARK') deliver(source, known, event);
        }
      } catch (error) {
        if (error instanceof HandlerError) throw error.cause;
        version = undefined;
      }
      await sleep(retryMs, undefined, { signal: source.signal }).catch(() => undefined);
    }
  };
  void follow();
}

function watchQuery(version: string): string {
  return `watch=1&allowWatchBookmarks=true&resourceVersion=${version}`;
}

async function relist<T extends KubernetesObject>(source: Source<T>, known: Map<string, T>): Promise<string> {
  const { items, metadata } = await source.list();
  const present = new Set(items.map(keyOf));
  for (const [key, object] of known) if (!present.has(key)) deliver(source, known, { type: 'DELETED', object });
  for (const object of items) {
    const before = known.get(keyOf(object));
    if (before && before.metadata.resourceVersion === object.metadata.resourceVersion) continue;
    deliver(source, known, { type: before ? 'MODIFIED' : 'ADDED', object });
  }
  return metadata.resourceVersion ?? '';
}

function deliver<T extends KubernetesObject>(source: Source<T>, known: Map<string, T>, event: WatchEvent<T>): void {
  if (source.signal.aborted) return;
  if (event.type === 'DELETED') known.delete(keyOf(event.object));
  else known.set(keyOf(event.object), event.object);
  try {
    source.onEvent(event);
  } catch (cause) {
    throw new HandlerError('a watch handler failed', { cause });
  }
}

/** Distinguishes a bug of the consumer, which must surface, from a lost connection, which must not. */
class HandlerError extends Error {}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`;
}

async function* eventsFrom<T>(stream: AsyncIterable<unknown>): AsyncGenerator<StreamEvent<T>> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as StreamEvent<T>;
  }
}
