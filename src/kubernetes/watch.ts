import { ApiError, answerError, hasStatus } from './api-error.js';
import type { KubernetesApi } from './api.js';
import type { Kind, Kinds } from './kinds.js';
import { collectionPath, type Selection, selectionQuery, withQuery } from './paths.js';
import type { List, Status } from './types.js';

/** What happened to a set of objects. */
export type WatchChange<T> =
  /** The set as a whole, at the start and after events were lost. */
  | { readonly type: 'replaced'; readonly items: readonly T[] }
  | { readonly type: 'changed'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T }
  /** For this time nothing was seen; what follows catches up, unless it is the end. */
  | { readonly type: 'hole'; readonly hole: Gap };

export interface Gap {
  /** `connection-lost`: events came late. `expired`: some may never come, only their result. */
  readonly reason: 'connection-lost' | 'expired';
  readonly fromMs: number;
  readonly toMs: number;
  readonly detail: string;
}

/** Some objects of a kind, such as the members of a namespace. */
export interface WatchTarget<K extends Kind = Kind> extends Selection {
  readonly kind: K;
}

/** The server ends a watch after this time, so that a silent one cannot last; it is resumed where it stopped. */
const watchSeconds = 240;
const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** One list request gives up after this time; the watch goes on trying until its signal aborts. */
const listPatienceMs = 1_000;

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/**
 * Follows a set of objects as "Efficient detection of changes" in the Kubernetes documentation describes: a list, then
 * a watch with bookmarks, resumed by resourceVersion after a lost connection, listed anew after 410. Goes on until the
 * signal of the API aborts, whose reason it throws. @throws ApiError for what trying again cannot change.
 */
export async function* watch<K extends Kind>(
  api: KubernetesApi,
  target: WatchTarget<K>,
): AsyncGenerator<WatchChange<Kinds[K]>> {
  const { clock, signal } = api;
  const path = collectionPath(target.kind, target.namespace);
  const selection = selectionQuery(target);
  let resourceVersion = '';
  let blind: { readonly sinceMs: number; readonly reason: Gap['reason']; readonly detail: string } | undefined;
  let pauseMs = firstPauseMs;

  const closeHole = (): readonly WatchChange<Kinds[K]>[] => {
    if (blind === undefined) return [];
    const { sinceMs, reason, detail } = blind;
    blind = undefined;
    return [{ type: 'hole', hole: { reason, fromMs: sinceMs, toMs: clock.now(), detail } }];
  };

  try {
    for (;;) {
      signal.throwIfAborted();
      let lively = false;
      try {
        if (resourceVersion === '') {
          const why = `list the ${target.kind} objects to watch`;
          const request = { method: 'GET', path: withQuery(path, selection), why, patienceMs: listPatienceMs } as const;
          const list = JSON.parse(await api.raw(request)) as List<Kinds[K]>;
          resourceVersion = list.metadata.resourceVersion ?? '';
          yield* closeHole();
          yield { type: 'replaced', items: list.items.map(item => withKind(item, target.kind)) };
        }
        const query = {
          ...selection,
          watch: 1,
          allowWatchBookmarks: true,
          timeoutSeconds: watchSeconds,
          resourceVersion,
        };
        const stream = await api.stream(withQuery(path, query), `watch the ${target.kind} objects`);
        yield* closeHole();
        for await (const line of stream.lines) {
          const event = JSON.parse(line) as WatchEvent<Kinds[K]>;
          if (event.type === 'ERROR') throw statusError(path, event.object as unknown as Status);
          lively = true;
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type === 'DELETED') yield { type: 'deleted', object: event.object };
          else if (event.type !== 'BOOKMARK') yield { type: 'changed', object: event.object };
        }
      } catch (error) {
        signal.throwIfAborted();
        const expired = hasStatus(error, 410);
        if (!expired && !isLoss(error)) throw error;
        if (expired) resourceVersion = '';
        const reason = expired ? 'expired' : (blind?.reason ?? 'connection-lost');
        const detail = error instanceof Error ? error.message : String(error);
        blind = { sinceMs: blind?.sinceMs ?? clock.now(), reason, detail };
      }
      // A server that ends its watches before they say anything must not be asked in a tight loop.
      if (!lively) await clock.sleep(pauseMs, signal);
      pauseMs = lively ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    }
  } catch (error) {
    // Whatever ends it while nothing is seen: the hole reaches to the end.
    yield* closeHole();
    throw error;
  }
}

/** The items of a list come without apiVersion and kind. */
function withKind<T>(item: T, kind: Kind): T {
  return { kind, ...item };
}

/** Whether only the connection failed, or the server was too busy: the watch can be resumed. */
function isLoss(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  const serverFault = error.status !== undefined && error.httpStatus >= 500;
  return error.code === 'api-unreachable' || error.httpStatus === 429 || serverFault;
}

function statusError(path: string, status: Status): ApiError {
  return answerError({ method: 'GET', path, why: 'go on watching' }, status.code ?? 500, JSON.stringify(status));
}
