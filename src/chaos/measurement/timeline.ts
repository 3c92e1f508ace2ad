import type { TimelineRecord } from '../../journal/experiment-record.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { readyEndpointsOf, slicesOf } from '../../kubernetes/endpoint-slices.js';
import type { Kind } from '../../kubernetes/kinds.js';
import { nodeNamed } from '../../kubernetes/nodes.js';
import { isMember, membersAmong, type MemberSet } from '../../kubernetes/pods.js';
import type { EndpointSlice, Pod, StatefulSet } from '../../kubernetes/types.js';
import { type WatchChange, type WatchTarget, watch } from '../../kubernetes/watch.js';
import { memberTransition, nodeTransition, type Transition } from './lanes.js';

/** The UIDs of the ready endpoints of the client Service from `atMs` on. */
export interface EndpointChange {
  readonly atMs: number;
  readonly uids: readonly string[];
}

/** What the watches observed. Times are milliseconds from t0. */
export interface TimelineObservations {
  readonly transitions: readonly Transition[];
  readonly endpoints: readonly EndpointChange[];
  /** The times in which a watch observed nothing. */
  readonly gaps: TimelineRecord['holes'];
}

export interface TimelineWatch {
  /** Resolves when all kinds have been listed once; rejects with the error of the list. */
  readonly ready: Promise<void>;
  observations(): TimelineObservations;
  stop(): Promise<void>;
}

export interface TimelineOptions {
  readonly members: MemberSet;
  /** The StatefulSet that controls the members. */
  readonly statefulSet: StatefulSet;
  /** The client Service. */
  readonly serviceName: string;
  /** The names of the target nodes. */
  readonly targets: readonly string[];
  readonly t0Ms: number;
}

/**
 * Watches the members, the endpoints of the client Service, the target nodes, and each node that a member is bound to,
 * from then on. Records each change, and each gap in the watches.
 */
export function startTimeline(
  api: KubernetesApi,
  { members, statefulSet, serviceName, targets, t0Ms }: TimelineOptions,
): TimelineWatch {
  const { namespace, labels } = members;
  const stopping = new AbortController();
  const bound = api.withSignal(AbortSignal.any([api.signal, stopping.signal]));
  const transitions: Transition[] = [];
  const endpoints: EndpointChange[] = [];
  const gaps: { kind: string; fromMs: number; toMs: number }[] = [];
  /** Watches that have ended permanently, and when. */
  const endedWatches = new Map<string, number>();
  const slices = new Map<string, readonly string[]>();
  const now = (): number => api.clock.now() - t0Ms;

  const follow = async <K extends Kind, T>(
    target: WatchTarget<K>,
    handle: (change: Exclude<WatchChange<T>, { type: 'gap' }>) => void,
    listed: () => void,
  ): Promise<void> => {
    for await (const change of watch(bound, target) as AsyncGenerator<WatchChange<T>>) {
      if (change.type === 'gap') {
        const { fromMs, toMs } = change.gap;
        gaps.push({ kind: target.kind, fromMs: Math.round(fromMs - t0Ms), toMs: Math.round(toMs - t0Ms) });
      } else {
        handle(change);
        listed();
      }
    }
  };
  const lanes =
    <T extends { readonly metadata: { readonly name: string } }>(
      kind: Transition['kind'],
      describe: (object: T, atMs: number) => Transition,
      isListed: (name: string) => boolean = () => true,
    ) =>
    (change: Exclude<WatchChange<T>, { type: 'gap' }>): void => {
      const atMs = now();
      const absent = (name: string): Transition => ({ kind, name, atMs, state: 'absent', uid: '', node: '' });
      if (change.type === 'changed') transitions.push(describe(change.object, atMs));
      if (change.type === 'deleted') transitions.push(absent(change.object.metadata.name));
      if (change.type !== 'replaced') return;
      const present = new Set(change.items.map(({ metadata }) => metadata.name));
      const known = new Set(transitions.filter(one => one.kind === kind && isListed(one.name)).map(({ name }) => name));
      transitions.push(...[...known].filter(name => !present.has(name)).map(absent));
      transitions.push(...change.items.map(item => describe(item, atMs)));
    };
  const memberLanes = lanes('member', memberTransition);
  const handlePods = (change: Exclude<WatchChange<Pod>, { type: 'gap' }>): void => {
    if (change.type === 'replaced') memberLanes({ ...change, items: membersAmong(change.items, statefulSet) });
    else if (isMember(change.object, statefulSet)) memberLanes(change);
    for (const { node } of transitions) followNode(node);
  };
  const handleSlices = (change: Exclude<WatchChange<EndpointSlice>, { type: 'gap' }>): void => {
    if (change.type === 'replaced') slices.clear();
    if (change.type === 'deleted') slices.delete(change.object.metadata.name);
    const changed = change.type === 'replaced' ? change.items : change.type === 'changed' ? [change.object] : [];
    for (const slice of changed) slices.set(slice.metadata.name, readyEndpointsOf(slice));
    endpoints.push({ atMs: now(), uids: [...slices.values()].flat() });
  };

  const following: Promise<void>[] = [];
  const start = <K extends Kind, T>(
    target: WatchTarget<K>,
    handle: (change: Exclude<WatchChange<T>, { type: 'gap' }>) => void,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const followed = follow(target, handle, resolve).catch((error: unknown) => {
        // Before the first list, the error is returned; later, the remaining time is a gap.
        if (!stopping.signal.aborted && !endedWatches.has(target.kind)) endedWatches.set(target.kind, now());
        reject(error instanceof Error ? error : new Error(String(error)));
      });
      following.push(followed);
    });
  const nodes = new Map<string, Promise<void>>();
  const followNode = (node: string): void => {
    if (node === '' || nodes.has(node)) return;
    const listed = start(
      nodeNamed(node),
      lanes('node', nodeTransition, name => name === node),
    );
    // A later failure is a gap; `ready` awaits the first ones itself.
    listed.catch(() => undefined);
    nodes.set(node, listed);
  };
  targets.forEach(followNode);
  const ready = Promise.all([
    start({ kind: 'Pod', namespace, labels }, handlePods),
    start(slicesOf(members, serviceName), handleSlices),
  ])
    .then(() => Promise.all(nodes.values()))
    .then(() => undefined);
  return {
    ready,
    observations: () => {
      const toMs = Math.round(now());
      const open = [...endedWatches].map(([kind, fromMs]) => ({ kind, fromMs: Math.round(fromMs), toMs }));
      return { transitions, endpoints, gaps: mergeOverlaps([...gaps, ...open]) };
    },
    async stop() {
      stopping.abort(new Error('The measurement has ended.'));
      await Promise.all(following);
    },
  };
}

/** A lost connection ends the watches of several nodes, which is one gap. */
function mergeOverlaps(gaps: TimelineObservations['gaps']): TimelineObservations['gaps'] {
  const merged: { kind: string; fromMs: number; toMs: number }[] = [];
  for (const gap of gaps.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.findLast(({ kind }) => kind === gap.kind);
    if (last !== undefined && gap.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, gap.toMs);
    else merged.push({ ...gap });
  }
  return merged;
}
