import { ActionError } from '../errors/action-error.js';
import type { ErrorCode } from '../errors/catalogue.js';
import type { KubernetesApi } from './api.js';
import { diagnose, type Finding, type Situation } from './diagnose.js';
import { newerThan } from './events.js';
import { gatherEvidence } from './evidence.js';
import { createFindingConfirmation } from './finding-confirmation.js';
import { found, type WaitResult, missing, observe, type Observer, type Observation } from './observer.js';
import {
  containerIdsOf,
  describePod,
  foreignAmong,
  isReady,
  membersAmong,
  type MemberSet,
  ordinalOf,
  revisionOf,
} from './pods.js';
import type { Pod, StatefulSet } from './types.js';

/** What the members must come to. */
export interface RolloutGoal {
  readonly members: MemberSet;
  /**
   * Exactly the ordinals below this number are Ready, and no pod has another one. Undefined: as many as the StatefulSet
   * wants, which an autoscaler may change meanwhile.
   */
  readonly replicas?: number;
  /** The ordinals that must have the newest revision: those from this number on; 0 means all, undefined none. */
  readonly updatedFrom?: number;
  /** Ordinals that need only have a pod of the newest revision, Ready or not; then nothing else is asked of the members. */
  readonly remade?: readonly number[];
  /** UIDs of pods that must be gone, so that a Ready pod of the same name is a new one. */
  readonly gone?: readonly string[];
  /** Pods as they were before: each must have no container of those any more, or have been replaced. */
  readonly restarted?: readonly Pod[];
  /** Whether all members must have been Ready for `minReadySeconds`, as the StatefulSet counts it. */
  readonly available?: boolean;
}

export interface RolloutLimits {
  /** How long the wait that begins now may take, in milliseconds. */
  readonly remainingMs: () => number;
  /** Whether an autoscaler may add nodes for pods that have no place. */
  readonly autoscaled: boolean;
  /** Hides secrets in logs and events. */
  readonly redact: (text: string) => string;
  readonly progress?: (waiting: string) => void;
  /** The code of the error after `remainingMs`; `rollout-timeout` by default. */
  readonly timeoutCode?: ErrorCode;
  /** Nothing but the time ends the wait: members that are disturbed on purpose look broken for a while. */
  readonly tolerateFailures?: true;
  /** Called at the end with the pods that carry the labels of the members and are none, if there are any. */
  readonly onForeign?: (pods: readonly Pod[]) => void;
}

/** Observes what a rollout needs: the StatefulSet, the pods with its labels and the events of the namespace. */
function observeMembers(api: KubernetesApi, { namespace, name, labels }: MemberSet): Observer {
  return observe(api, [
    { kind: 'StatefulSet', namespace, fields: `metadata.name=${name}` },
    { kind: 'Pod', namespace, labels },
    { kind: 'Event', namespace },
  ]);
}

/**
 * Waits until the members are as wanted and gives their pods, lowest ordinal first. A StatefulSet has no deadline of its
 * own, so what cannot succeed is told from what is slow here (see `diagnose`), within seconds.
 * @throws ActionError the code of the finding, or `rollout-timeout`, each with states, events and logs as evidence.
 */
export async function waitForMembers(
  api: KubernetesApi,
  goal: RolloutGoal,
  limits: RolloutLimits,
  observer: Observer = observeMembers(api, goal.members),
): Promise<readonly Pod[]> {
  const startedMs = api.clock.now();
  const doubleCheck = createFindingConfirmation();
  let isNew: Situation['isNew'] | undefined;
  type Outcome = { readonly pods: readonly Pod[] } | { readonly finding: Finding };
  const check = (observation: Observation): WaitResult<Outcome> => {
    const scene = rolloutStateOf(observation, goal.members);
    isNew ??= newerThan(scene.events);
    const lacks = describeMissing(goal, scene.statefulSet, scene.pods);
    if (lacks === undefined) return found({ pods: scene.pods });
    if (limits.tolerateFailures) return missing(lacks);
    const { confirmed, recheckMs } = doubleCheck.examine(diagnose({ ...scene, ...limits, isNew }), api.clock.now());
    return confirmed === undefined ? missing(lacks, recheckMs) : found({ finding: confirmed });
  };
  const onTimeout = async (last: string, observation: Observation): Promise<ActionError> => {
    const seconds = Math.round((api.clock.now() - startedMs) / 1000);
    const { text, hint } = await gatherEvidence(api, rolloutStateOf(observation, goal.members), limits.redact);
    const message = `The members are not as wanted after ${seconds} s: ${last}.`;
    const details = { evidence: text, ...(hint === undefined ? {} : { hint }) };
    return new ActionError(limits.timeoutCode ?? 'rollout-timeout', message, details);
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

/** What of a view concerns the members. Their pods come lowest ordinal first. */
export function rolloutStateOf(
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

/** What the members still lack of the goal, as a sentence; undefined when they lack nothing. */
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
    return `the StatefulSet wants ${replicas} members instead of ${goal.replicas}`;
  }
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return 'the StatefulSet has not been looked at yet';
  if (goal.remade !== undefined) {
    const made = pods.filter(
      pod => pod.metadata.deletionTimestamp === undefined && revisionOf(pod) === status?.updateRevision,
    );
    const late = goal.remade.filter(ordinal => !made.some(pod => ordinalOf(pod.metadata.name) === ordinal));
    return late.length === 0 ? undefined : `not made anew yet: ${late.map(at => `${members.name}-${at}`).join(', ')}`;
  }
  const old = pods.filter(pod => gone.includes(pod.metadata.uid ?? ''));
  if (old.length > 0) return `still there from before: ${names(old)}`;
  const surplus = pods.filter(pod => ordinalOf(pod.metadata.name) >= replicas);
  if (surplus.length > 0) return `still there: ${names(surplus)}`;
  const ready = pods.filter(isReady);
  if (ready.length < replicas) {
    const rest = pods.filter(pod => !isReady(pod)).map(describePod);
    return `${ready.length} of ${replicas} members are Ready${rest.length === 0 ? '' : `; ${rest.join(', ')}`}`;
  }
  const running = new Set(pods.flatMap(containerIdsOf));
  const same = restarted.filter(pod => containerIdsOf(pod).some(id => running.has(id)));
  if (same.length > 0) return `still with the containers of before: ${names(same)}`;
  const stale = pods.filter(
    pod => ordinalOf(pod.metadata.name) >= (updatedFrom ?? Infinity) && revisionOf(pod) !== status?.updateRevision,
  );
  if (stale.length > 0) return `still of the former version: ${names(stale)}`;
  if (updatedFrom === 0 && status?.currentRevision !== status?.updateRevision) {
    return 'the StatefulSet has not finished its update yet';
  }
  const lasting = status?.availableReplicas ?? 0;
  if (available && lasting < replicas) {
    return `${lasting} of ${replicas} members have been Ready for ${spec.minReadySeconds ?? 0} s`;
  }
  return undefined;
}

function names(pods: readonly Pod[]): string {
  return pods.map(({ metadata }) => metadata.name).join(', ');
}
