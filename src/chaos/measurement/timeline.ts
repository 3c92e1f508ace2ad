import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Kind } from '../../kubernetes/api/kinds.js';
import type { EndpointSlice, Lease, Pod, StatefulSet } from '../../kubernetes/api/types.js';
import { readyEndpointsOf, slicesOf } from '../../kubernetes/endpoint-slices.js';
import { type WatchChange, type WatchTarget, watch } from '../../kubernetes/informer/watch.js';
import { nodeNamed } from '../../kubernetes/nodes.js';
import { isMember, membersAmong, type MemberSet } from '../../kubernetes/pods.js';
import { toError } from '../../runtime/thrown.js';
import { leaseOf } from '../kubelet.js';
import { memberTransition, nodeTransition, type Transition } from './lanes.js';
import { createRestartCounter } from './member-load.js';

/** The UIDs of the ready endpoints of the client Service from `atMs` on. */
export interface EndpointChange {
  readonly atMs: number;
  readonly uids: readonly string[];
}

/** A time in which a watch received nothing. */
export interface WatchGap {
  readonly kind: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether all changes arrived afterwards, late but in full. */
  readonly resumed: boolean;
}

/** What the watches observed. Times are milliseconds from t0. */
export interface TimelineObservations {
  readonly transitions: readonly Transition[];
  readonly endpoints: readonly EndpointChange[];
  /** Each renewal of the Lease of a kubelet, when it was received. */
  readonly renewals: readonly { readonly node: string; readonly atMs: number }[];
  /** The times in which a watch observed nothing. */
  readonly gaps: readonly WatchGap[];
  /** How often the containers of each member were restarted in the same pod, by its name. */
  readonly restarts: ReadonlyMap<string, number>;
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
  /** The names of the nodes whose Leases are watched too. */
  readonly leases: readonly string[];
  readonly t0Ms: number;
}

/**
 * Watches the members, the endpoints of the client Service, the target nodes, and each node that a member is bound to,
 * from then on, and the Leases of some kubelets. Records each change, and each gap in the watches.
 */
export function startTimeline(
  api: KubernetesApi,
  { members, statefulSet, serviceName, targets, leases, t0Ms }: TimelineOptions,
): TimelineWatch {
  const { namespace, labels } = members;
  const stopping = new AbortController();
  const bound = api.withSignal(AbortSignal.any([api.signal, stopping.signal]));
  const transitions: Transition[] = [];
  const endpoints: EndpointChange[] = [];
  const renewals: { node: string; atMs: number }[] = [];
  const gaps: WatchGap[] = [];
  /** Watches that have ended permanently, and when. */
  const endedWatches = new Map<string, number>();
  const restarts = createRestartCounter();
  const slices = new Map<string, readonly string[]>();
  const now = (): number => api.clock.now() - t0Ms;

  const follow = async <K extends Kind, T>(
    target: WatchTarget<K>,
    handle: (change: Exclude<WatchChange<T>, { type: 'gap' }>) => void,
    listed: () => void,
  ): Promise<void> => {
    for await (const change of watch(bound, target) as AsyncGenerator<WatchChange<T>>) {
      if (change.type === 'gap') {
        const { fromMs, toMs, resumed } = change.gap;
        gaps.push({ kind: target.kind, fromMs: Math.round(fromMs - t0Ms), toMs: Math.round(toMs - t0Ms), resumed });
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
    const pods = change.type === 'replaced' ? change.items : change.type === 'changed' ? [change.object] : [];
    restarts.count(membersAmong(pods, statefulSet));
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
        reject(toError(error));
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
  for (const node of leases) {
    // Without it, the time of the fault is less certain.
    start(leaseOf(node), (change: Exclude<WatchChange<Lease>, { type: 'gap' }>) => {
      if (change.type === 'changed') renewals.push({ node, atMs: now() });
    }).catch(() => undefined);
  }
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
      const open = [...endedWatches].map(([kind, fromMs]) => {
        return { kind, fromMs: Math.round(fromMs), toMs, resumed: false };
      });
      const counted = restarts.counted();
      return {
        transitions,
        endpoints,
        renewals,
        restarts: counted,
        gaps: mergeOverlaps([...gaps, ...open].filter(isBlind)),
      };
    },
    async stop() {
      stopping.abort(new Error('The measurement has ended.'));
      await Promise.all(following);
    },
  };
}

/** A gap in the renewals of a kubelet only makes the time of the fault less certain. */
function isBlind({ kind }: WatchGap): boolean {
  return kind !== 'Lease';
}

/** A lost connection ends the watches of several nodes, which is one gap. */
function mergeOverlaps(gaps: readonly WatchGap[]): readonly WatchGap[] {
  const merged: { kind: string; fromMs: number; toMs: number; resumed: boolean }[] = [];
  for (const gap of gaps.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.findLast(({ kind }) => kind === gap.kind);
    if (last !== undefined && gap.fromMs <= last.toMs) {
      last.toMs = Math.max(last.toMs, gap.toMs);
      last.resumed &&= gap.resumed;
    } else merged.push({ ...gap });
  }
  return merged;
}
