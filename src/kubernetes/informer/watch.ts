import { reasonOf } from '../../runtime/thrown.js';
import { ApiError, answerError, hasStatus } from '../api/api-error.js';
import type { KubernetesApi } from '../api/api.js';
import type { Kind, Kinds } from '../api/kinds.js';
import { collectionPath, type Selection, selectionQuery, withQuery } from '../api/paths.js';
import type { List, Status } from '../api/types.js';

/** A change of a set of objects. */
export type WatchChange<T> =
  /** The complete set, at the start and after events were lost. */
  | { readonly type: 'replaced'; readonly items: readonly T[] }
  | { readonly type: 'changed'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T }
  /** A period without observations; the changes that follow catch up, unless the watch ends. */
  | { readonly type: 'gap'; readonly gap: Gap };

/** A period without observations. */
export interface Gap {
  /** `connection-lost`: events arrived late. `expired`: some events are lost, and only their result is known. */
  readonly reason: 'connection-lost' | 'expired';
  /**
   * When the connection was lost, or the last line before a longer silence than that between two bookmarks: then it was
   * lost before.
   */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the watch continued where it ended, so that every event arrives, late. */
  readonly resumed: boolean;
  readonly detail: string;
}

/** Objects of a kind, such as the members of a namespace. */
export interface WatchTarget<K extends Kind = Kind> extends Selection {
  readonly kind: K;
}

/** The server ends a watch after this time, so that a silent watch is detected; it is resumed where it ended. */
const watchSeconds = 240;
/**
 * The API server sends a bookmark about once a minute (bookmarkFrequency in the source of its watch cache), so a longer
 * silence is a dead connection.
 */
const longestSilenceMs = 75_000;
const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** How long one list request is retried; the watch itself continues until its signal aborts. */
const listRetryMs = 1_000;

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/**
 * Watches a set of objects as described in "Efficient detection of changes" in the Kubernetes documentation: a list,
 * then a watch with bookmarks, resumed by resourceVersion after a lost connection, and listed again after 410.
 * Continues until the signal of the API aborts, and throws its reason. @throws ApiError for errors that a retry cannot
 * resolve.
 */
export async function* watch<K extends Kind>(
  api: KubernetesApi,
  target: WatchTarget<K>,
): AsyncGenerator<WatchChange<Kinds[K]>> {
  const { clock, signal } = api;
  const path = collectionPath(target.kind, target.namespace);
  const selection = selectionQuery(target);
  let resourceVersion = '';
  let openGap: { readonly sinceMs: number; readonly reason: Gap['reason']; readonly detail: string } | undefined;
  let pauseMs = firstPauseMs;
  let lastLineMs = clock.now();

  const closeGap = (resumed: boolean): readonly WatchChange<Kinds[K]>[] => {
    if (openGap === undefined) return [];
    const { sinceMs, reason, detail } = openGap;
    openGap = undefined;
    return [{ type: 'gap', gap: { reason, fromMs: sinceMs, toMs: clock.now(), resumed, detail } }];
  };

  try {
    for (;;) {
      signal.throwIfAborted();
      let receivedEvents = false;
      try {
        if (resourceVersion === '') {
          const why = `list the ${target.kind} objects to watch`;
          const request = { method: 'GET', path: withQuery(path, selection), why, patienceMs: listRetryMs } as const;
          const list = JSON.parse(await api.raw(request)) as List<Kinds[K]>;
          resourceVersion = list.metadata.resourceVersion ?? '';
          yield* closeGap(false);
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
        yield* closeGap(true);
        lastLineMs = clock.now();
        for await (const line of stream.lines) {
          lastLineMs = clock.now();
          const event = JSON.parse(line) as WatchEvent<Kinds[K]>;
          if (event.type === 'ERROR') throw statusError(path, event.object as unknown as Status);
          receivedEvents = true;
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type === 'DELETED') yield { type: 'deleted', object: event.object };
          else if (event.type !== 'BOOKMARK') yield { type: 'changed', object: event.object };
        }
      } catch (error) {
        signal.throwIfAborted();
        const expired = hasStatus(error, 410);
        if (!expired && !isResumable(error)) throw error;
        if (expired) resourceVersion = '';
        const reason = expired ? 'expired' : (openGap?.reason ?? 'connection-lost');
        const detail = reasonOf(error);
        const lostMs = clock.now();
        const beganMs = lostMs - lastLineMs > longestSilenceMs ? lastLineMs : lostMs;
        openGap = { sinceMs: openGap?.sinceMs ?? beganMs, reason, detail };
      }
      // Avoid a tight loop if the server ends watches before it sends an event.
      if (!receivedEvents) await clock.sleep(pauseMs, signal);
      pauseMs = receivedEvents ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    }
  } catch (error) {
    // The watch ends during a gap: report the gap until the end.
    yield* closeGap(false);
    throw error;
  }
}

/** Adds the kind, which the items of a list do not have. */
function withKind<T>(item: T, kind: Kind): T {
  return { kind, ...item };
}

/** Returns whether the watch can be resumed: the connection failed, or the server was too busy. */
function isResumable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  const serverFault = error.status !== undefined && error.httpStatus >= 500;
  return error.code === 'api-unreachable' || error.httpStatus === 429 || serverFault;
}

function statusError(path: string, status: Status): ApiError {
  return answerError({ method: 'GET', path, why: 'continue the watch' }, status.code ?? 500, JSON.stringify(status));
}
