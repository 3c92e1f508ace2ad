import { type ActionError, toActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../api/api.js';
import type { Kind, Kinds } from '../api/kinds.js';
import { type Gap, type WatchTarget, watch } from './watch.js';

/** The current state of the observed objects. */
export interface Observation {
  /** Returns all observed objects of a kind, by name. Empty for a kind that is not observed. */
  all<K extends Kind>(kind: K): readonly Kinds[K][];
  /** Returns one observed object. */
  find<K extends Kind>(kind: K, name: string): Kinds[K] | undefined;
}

/** The result of a check: the value that was waited for, or what is still missing. */
export type WaitResult<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      /** What is still missing, as a readable phrase. */
      readonly waiting: string;
      /** When to check again even if nothing changes, in milliseconds. */
      readonly recheckMs?: number;
    };

export function found<T>(value: T): WaitResult<T> {
  return { done: true, value };
}

export function missing(waiting: string, recheckMs?: number): WaitResult<never> {
  return recheckMs === undefined ? { done: false, waiting } : { done: false, waiting, recheckMs };
}

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Returns the error at the timeout; `last` is what the last check reported as missing. */
  readonly onTimeout: (last: string, observation: Observation) => ActionError | Promise<ActionError>;
  /** Called with what is missing whenever that changes. */
  readonly progress?: (waiting: string) => void;
}

/** A live observation of several kinds. */
export interface Observer {
  /** The current objects. Complete only after `until` has returned once. */
  readonly observation: Observation;
  /**
   * Calls `check` at every change until it returns the value; the first time after all kinds have been listed. An error
   * of `check`, or an error that ends a watch permanently, ends the wait.
   * @throws ActionError of `onTimeout`, or `api-unreachable` when the API does not respond at the timeout, because the
   * last observation may be outdated then; the reason of the signal when it aborts.
   */
  until<T>(check: (observation: Observation) => WaitResult<T>, wait: WaitOptions): Promise<T>;
  /** Ends the watches. Safe to call twice. */
  close(): void;
}

/**
 * Observes several kinds until the observer is closed or the signal of the API aborts. `onGap` is called for each
 * period without observations.
 */
export function observe(api: KubernetesApi, targets: readonly WatchTarget[], onGap?: (gap: Gap) => void): Observer {
  const { clock } = api;
  const closing = new AbortController();
  const signal = AbortSignal.any([api.signal, closing.signal]);
  const bound = api.withSignal(signal);
  const slots = targets.map((target): Slot => ({ target, objects: undefined }));
  const observation = observationOf(slots);
  let waiters: (() => void)[] = [];
  let failure: { readonly error: unknown } | undefined;

  const announce = (): void => {
    const toNotify = waiters;
    waiters = [];
    for (const wake of toNotify) wake();
  };
  // An abort of the signal ends the watches, which also wakes the waiters.
  const nextChange = async (limitMs: number): Promise<void> => {
    const changed = new Promise<void>(resolve => waiters.push(resolve));
    const done = new AbortController();
    try {
      await Promise.race([changed, clock.sleep(limitMs, done.signal)]);
    } finally {
      done.abort();
    }
  };

  for (const slot of slots) {
    follow(bound, slot, announce, onGap).catch((error: unknown) => {
      failure ??= { error };
      closing.abort(error);
      announce();
    });
  }

  return {
    observation,
    async until(check, { timeoutMs, onTimeout, progress }) {
      const deadlineMs = clock.now() + timeoutMs;
      let last = 'the first response of the Kubernetes API';
      for (;;) {
        if (failure !== undefined) throw failure.error;
        let limitMs = deadlineMs - clock.now();
        if (slots.every(({ objects }) => objects !== undefined)) {
          const outcome = check(observation);
          if (outcome.done) return outcome.value;
          if (outcome.waiting !== last) progress?.(outcome.waiting);
          last = outcome.waiting;
          limitMs = Math.min(limitMs, outcome.recheckMs ?? limitMs);
        }
        if (clock.now() >= deadlineMs) {
          await assertReachable(api);
          throw await onTimeout(last, observation);
        }
        await nextChange(limitMs);
      }
    },
    close() {
      closing.abort(new Error('The observer was closed.'));
    },
  };
}

/** The objects of one target by namespace and name; undefined until they have been listed. */
interface Slot {
  readonly target: WatchTarget;
  objects: Map<string, Kinds[Kind]> | undefined;
}

async function assertReachable(api: KubernetesApi): Promise<void> {
  try {
    const why = 'check whether the API server responds';
    await api.raw({ method: 'GET', path: '/version', why, patienceMs: 0 });
  } catch (error) {
    api.signal.throwIfAborted();
    // Any other error is a response.
    if (toActionError(error).code === 'api-unreachable') throw error;
  }
}

async function follow(api: KubernetesApi, slot: Slot, announce: () => void, onGap?: (gap: Gap) => void): Promise<void> {
  for await (const change of watch(api, slot.target)) {
    if (change.type === 'gap') {
      onGap?.(change.gap);
      continue;
    }
    if (change.type === 'replaced') slot.objects = new Map(change.items.map(item => [keyOf(item), item]));
    else if (change.type === 'changed') slot.objects?.set(keyOf(change.object), change.object);
    else slot.objects?.delete(keyOf(change.object));
    announce();
  }
}

function observationOf(slots: readonly Slot[]): Observation {
  const all = <K extends Kind>(kind: K): readonly Kinds[K][] =>
    slots
      .filter(({ target }) => target.kind === kind)
      .flatMap(({ objects }) => [...(objects?.values() ?? [])] as unknown as Kinds[K][])
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { all, find: (kind, name) => all(kind).find(object => object.metadata.name === name) };
}

function keyOf({ metadata }: Kinds[Kind]): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
