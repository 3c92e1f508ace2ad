import { type ActionError, toActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api.js';
import type { Kind, Kinds } from './kinds.js';
import { type Gap, type WatchTarget, watch } from './watch.js';

/** The observed objects as they are now. */
export interface Observation {
  /** All observed objects of a kind, by name. Empty for a kind that is not observed. */
  all<K extends Kind>(kind: K): readonly Kinds[K][];
  /** One observed object. */
  find<K extends Kind>(kind: K, name: string): Kinds[K] | undefined;
}

/** What a look at the objects told: the value that was waited for, or what is still missing. */
export type WaitResult<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      /** What is still missing, as a sentence for people. */
      readonly waiting: string;
      /** When to look again though nothing has changed, in milliseconds. */
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
  /** The error for the user when the time is over: `last` is what the last look missed. */
  readonly onTimeout: (last: string, observation: Observation) => ActionError | Promise<ActionError>;
  /** Called with what is missing, each time that changes. */
  readonly progress?: (waiting: string) => void;
}

/** A live view of several kinds at once. */
export interface Observer {
  /** The objects now. Complete only after `until` has come back once. */
  readonly observation: Observation;
  /**
   * Looks at the objects at every change until the value is found. It looks for the first time when all kinds have been
   * listed. What `look` throws ends the wait, and so does what ends a watch for good.
   * @throws ActionError of `onTimeout`, or `api-unreachable` when the API does not answer at that time, so that what was
   * seen last says nothing; the reason of the signal when that aborts.
   */
  until<T>(check: (observation: Observation) => WaitResult<T>, wait: WaitOptions): Promise<T>;
  /** Ends the watches. Safe to call twice. */
  close(): void;
}

/**
 * Observes several kinds at once, until it is closed or the signal of the API aborts. `onHole` is told of each time in
 * which nothing was seen.
 */
export function observe(api: KubernetesApi, targets: readonly WatchTarget[], onHole?: (hole: Gap) => void): Observer {
  const { clock } = api;
  const closing = new AbortController();
  const signal = AbortSignal.any([api.signal, closing.signal]);
  const bound = api.withSignal(signal);
  const slots = targets.map((target): Slot => ({ target, objects: undefined }));
  const observation = observationOf(slots);
  let waiters: (() => void)[] = [];
  let failure: { readonly error: unknown } | undefined;

  const announce = (): void => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  // An abort of the signal ends the watches, which wakes the waiters too.
  const nextChange = async (limitMs: number): Promise<void> => {
    const changed = new Promise<void>(resolve => waiters.push(resolve));
    const over = new AbortController();
    try {
      await Promise.race([changed, clock.sleep(limitMs, over.signal)]);
    } finally {
      over.abort();
    }
  };

  for (const slot of slots) {
    follow(bound, slot, announce, onHole).catch((error: unknown) => {
      failure ??= { error };
      closing.abort(error);
      announce();
    });
  }

  return {
    observation,
    async until(check, { timeoutMs, onTimeout, progress }) {
      const deadlineMs = clock.now() + timeoutMs;
      let last = 'the first answer of the Kubernetes API';
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
          await expectAnswer(api);
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

async function expectAnswer(api: KubernetesApi): Promise<void> {
  try {
    const why = 'see whether the API server answers';
    await api.raw({ method: 'GET', path: '/version', why, patienceMs: 0 });
  } catch (error) {
    api.signal.throwIfAborted();
    // Any other refusal is an answer.
    if (toActionError(error).code === 'api-unreachable') throw error;
  }
}

async function follow(
  api: KubernetesApi,
  slot: Slot,
  announce: () => void,
  onHole?: (hole: Gap) => void,
): Promise<void> {
  for await (const change of watch(api, slot.target)) {
    if (change.type === 'hole') {
      onHole?.(change.hole);
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
