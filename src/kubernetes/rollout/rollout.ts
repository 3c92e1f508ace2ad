import { ActionError } from '../../errors/action-error.js';
import { catalogue, type ErrorCode } from '../../errors/catalogue.js';
import type { KubernetesApi } from '../api/api.js';
import type { Pod, StatefulSet } from '../api/types.js';
import { found, type WaitResult, missing, observe, type Observer, type Observation } from '../informer/observer.js';
import {
  containerIdsOf,
  describeHolders,
  describePod,
  foreignAmong,
  isHeld,
  isReady,
  membersAmong,
  type MemberSet,
  ordinalOf,
  revisionOf,
} from '../pods.js';
import { diagnose, type Finding, type Situation } from './diagnose.js';
import { newerThan } from './events.js';
import { gatherEvidence } from './evidence.js';
import { createFindingConfirmation } from './finding-confirmation.js';

/** The state that the members must reach. */
export interface RolloutGoal {
  readonly members: MemberSet;
  /**
   * The number of members: exactly the ordinals below it are Ready, and no other pods exist. Undefined for the replicas
   * of the StatefulSet, which an autoscaler may change.
   */
  readonly replicas?: number;
  /** The lowest ordinal that must have the newest revision; 0 means all, undefined none. */
  readonly updatedFrom?: number;
  /** UIDs of pods that must no longer exist, so that a Ready pod with the same name is a new one. */
  readonly gone?: readonly string[];
  /** Pods from before: each must have been replaced or have only new containers. */
  readonly restarted?: readonly Pod[];
  /** Whether all members must have been Ready for `minReadySeconds`, as the StatefulSet counts it. */
  readonly available?: boolean;
}

export interface RolloutLimits {
  /** How long the wait that begins now may take, in milliseconds. */
  readonly remainingMs: () => number;
  /** Whether an autoscaler may add nodes for pods that cannot be scheduled. */
  readonly autoscaled: boolean;
  /** Hides secrets in logs and events. */
  readonly redact: (text: string) => string;
  readonly progress?: (waiting: string) => void;
  /** The code of the error after `remainingMs`; `rollout-timeout` by default. */
  readonly timeoutCode?: ErrorCode;
  /** Whether only the timeout ends the wait: members that a fault affects look broken for a while. */
  readonly tolerateFailures?: true;
  /** Ends the wait with its reason; it includes the signal of the API. */
  readonly signal?: AbortSignal;
  /** Called at the end with the pods that match the labels of the members but are not members, if there are any. */
  readonly onForeign?: (pods: readonly Pod[]) => void;
}

/** Observes the StatefulSet, the pods with its labels and the events of the namespace. */
function observeMembers(api: KubernetesApi, { namespace, name, labels }: MemberSet): Observer {
  return observe(api, [
    { kind: 'StatefulSet', namespace, fields: `metadata.name=${name}` },
    { kind: 'Pod', namespace, labels },
    { kind: 'Event', namespace },
  ]);
}

/**
 * Waits until the members reach the goal, and returns their pods, lowest ordinal first. A StatefulSet has no deadline,
 * so failures are distinguished from slow progress here, within seconds (see `diagnose`).
 * @throws ActionError the code of the finding, or `rollout-timeout` without one, each with states, events and logs as evidence.
 */
export async function waitForMembers(
  api: KubernetesApi,
  goal: RolloutGoal,
  limits: RolloutLimits,
  observer: Observer = observeMembers(limits.signal ? api.withSignal(limits.signal) : api, goal.members),
): Promise<readonly Pod[]> {
  const startedMs = api.clock.now();
  const confirmation = createFindingConfirmation();
  let isNew: Situation['isNew'] | undefined;
  type Outcome = { readonly pods: readonly Pod[] } | { readonly finding: Finding };
  const check = (observation: Observation): WaitResult<Outcome> => {
    const state = rolloutStateOf(observation, goal.members);
    isNew ??= newerThan(state.events);
    const waiting = describeMissing(goal, state.statefulSet, state.pods);
    if (waiting === undefined) return found({ pods: state.pods });
    if (limits.tolerateFailures) return missing(waiting);
    const { confirmed, recheckMs } = confirmation.examine(diagnose({ ...state, ...limits, isNew }), api.clock.now());
    return confirmed === undefined ? missing(waiting, recheckMs) : found({ finding: confirmed });
  };
  const onTimeout = async (last: string, observation: Observation): Promise<ActionError> => {
    const seconds = Math.round((api.clock.now() - startedMs) / 1000);
    const state = rolloutStateOf(observation, goal.members);
    const held = state.pods.some(isHeld);
    const { text, hint = held ? catalogue['finalizer-pending'].hint : undefined } = await gatherEvidence(
      api,
      state,
      limits.redact,
    );
    const [cause] = diagnose({ ...state, ...limits, isNew: isNew ?? (() => true) });
    const why = cause === undefined ? '' : ` ${limits.redact(cause.message)}`;
    const message = `The members did not reach the desired state within ${seconds} s: ${last}.${why}`;
    const details = { evidence: text, ...(hint === undefined ? {} : { hint }) };
    const code = limits.timeoutCode ?? (held ? 'finalizer-pending' : (cause?.code ?? 'rollout-timeout'));
    return new ActionError(code, message, details);
  };
  try {
    const { remainingMs, progress } = limits;
    const outcome = await observer.until(check, {
      timeoutMs: remainingMs(),
      onTimeout,
      ...(progress ? { progress } : {}),
    });
    if ('pods' in outcome) {
      const foreign = foreignAmong(
        observer.observation.all('Pod'),
        observer.observation.find('StatefulSet', goal.members.name),
      );
      if (foreign.length > 0) limits.onForeign?.(foreign);
      return outcome.pods;
    }
    const { code, message, hint: own, pod } = outcome.finding;
    const { text, hint = own } = await gatherEvidence(
      api,
      rolloutStateOf(observer.observation, goal.members),
      limits.redact,
      pod,
    );
    throw new ActionError(code, limits.redact(message), { evidence: text, ...(hint === undefined ? {} : { hint }) });
  } finally {
    observer.close();
  }
}

/** Returns the state of the members from an observation. The pods are sorted by ordinal. */
function rolloutStateOf(
  observation: Observation,
  { name }: MemberSet,
): {
  readonly statefulSet: StatefulSet | undefined;
  readonly pods: readonly Pod[];
  readonly events: ReturnType<typeof observation.all<'Event'>>;
} {
  const statefulSet = observation.find('StatefulSet', name);
  const pods = [...membersAmong(observation.all('Pod'), statefulSet)].sort(
    (a, b) => ordinalOf(a.metadata.name) - ordinalOf(b.metadata.name),
  );
  return { statefulSet, pods, events: observation.all('Event') };
}

/** Returns what the members are still missing for the goal, as a phrase; undefined when they have reached it. */
export function describeMissing(
  goal: RolloutGoal,
  statefulSet: StatefulSet | undefined,
  pods: readonly Pod[],
): string | undefined {
  const { members, updatedFrom, gone = [], restarted = [], available = false } = goal;
  if (statefulSet === undefined) return `StatefulSet ${members.name} does not exist`;
  const { spec, status, metadata } = statefulSet;
  const replicas = spec.replicas ?? 1;
  if (replicas !== (goal.replicas ?? replicas)) {
    return `the StatefulSet has ${replicas} replicas instead of ${goal.replicas}`;
  }
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return 'the controller has not processed the StatefulSet yet';
  const old = pods.filter(pod => gone.includes(pod.metadata.uid ?? ''));
  if (old.length > 0) return `not replaced yet: ${names(old)}`;
  const surplus = pods.filter(pod => ordinalOf(pod.metadata.name) >= replicas);
  if (surplus.length > 0) return `not deleted yet: ${names(surplus)}`;
  const ready = pods.filter(isReady);
  if (ready.length < replicas) {
    const others = pods.filter(pod => !isReady(pod)).map(describePod);
    return `${ready.length} of ${replicas} members are Ready${others.length === 0 ? '' : `; ${others.join(', ')}`}`;
  }
  const running = new Set(pods.flatMap(containerIdsOf));
  const same = restarted.filter(pod => containerIdsOf(pod).some(id => running.has(id)));
  if (same.length > 0) return `not restarted yet: ${names(same)}`;
  const stale = pods.filter(
    pod => ordinalOf(pod.metadata.name) >= (updatedFrom ?? Infinity) && revisionOf(pod) !== status?.updateRevision,
  );
  if (stale.length > 0) return `not updated yet: ${names(stale)}`;
  if (updatedFrom === 0 && status?.currentRevision !== status?.updateRevision) {
    return 'the StatefulSet has not finished its update yet';
  }
  const availableCount = status?.availableReplicas ?? 0;
  if (available && availableCount < replicas) {
    return `${availableCount} of ${replicas} members have been Ready for ${spec.minReadySeconds ?? 0} s`;
  }
  return undefined;
}

function names(pods: readonly Pod[]): string {
  return pods.map(pod => pod.metadata.name + describeHolders(pod)).join(', ');
}
