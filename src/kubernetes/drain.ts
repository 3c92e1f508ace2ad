import { ActionError, hasCode } from '../errors/action-error.js';
import { budgetRefusal, hasStatus } from './api/api-error.js';
import type { KubernetesApi } from './api/api.js';
import { isSelectedBy } from './api/label-selector.js';
import type { Pod, PodDisruptionBudget, StatefulSet } from './api/types.js';
import { found, missing, observe } from './informer/observer.js';
import { membersAmong, type MemberSet, ordinalOf } from './pods.js';
import { type RolloutLimits, waitForMembers } from './rollout/rollout.js';

export interface MemberDrain {
  readonly members: MemberSet;
  /** The StatefulSet that controls the members, as read before. */
  readonly statefulSet: StatefulSet;
  /** The cordoned node to drain. */
  readonly node: string;
  /** The names of the members to evict; undefined for all. */
  readonly only?: readonly string[];
  /** The limits of the wait for each replacement. */
  readonly limits: RolloutLimits;
  /** Called with the name of each member before its eviction; an error ends the drain. */
  readonly beforeEach?: (member: string) => Promise<void>;
  /** Called when an eviction was accepted, with the time of the clock at which it was sent. */
  readonly onEvicted?: (sentMs: number) => void;
  readonly note: (text: string) => void;
}

/**
 * How long a PodDisruptionBudget may block an eviction that it should allow. Its status follows the members quickly,
 * but after an eviction that was interrupted, such as by a lost runner, the pod counts as disrupted for 2 minutes
 * (`disruptedPods` in the status of a PodDisruptionBudget, Kubernetes API reference).
 */
const refusalTimeoutMs = 150_000;
const refusalPauseMs = 200;

/**
 * Evicts the members from a cordoned node, one at a time and the highest ordinal first, through the Eviction API, which
 * respects PodDisruptionBudgets. Each member is replaced and all are Ready before the next eviction, so that two seeds
 * are never down at the same time. Returns the evicted pods.
 * @throws ActionError `disruption-blocked` with the message of the PodDisruptionBudget; what `waitForMembers` throws.
 */
export async function drainMembers(
  api: KubernetesApi,
  { members, statefulSet, node, only, limits, beforeEach, onEvicted, note }: MemberDrain,
): Promise<readonly Pod[]> {
  const { namespace, labels } = members;
  const selection = { namespace, labels, fields: `spec.nodeName=${node}` };
  const { items } = await api.list('Pod', selection, `find the members on node ${node}`);
  const leaving = membersAmong(items, statefulSet)
    .filter(({ metadata }) => only?.includes(metadata.name) ?? true)
    .sort((a, b) => ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name));
  for (const pod of leaving) {
    await beforeEach?.(pod.metadata.name);
    await evict(api, pod, namespace, refusalTimeoutMs, onEvicted);
    note(`${pod.metadata.name} was evicted from ${node}.`);
    const gone = pod.metadata.uid === undefined ? [] : [pod.metadata.uid];
    await waitForMembers(api, { members, gone }, limits);
    note(`${pod.metadata.name} is Ready on another node.`);
  }
  return leaving;
}

/**
 * Sends a dry-run eviction. Returns the message of the PodDisruptionBudget that blocks it; undefined if it is allowed.
 * @throws ActionError `budgets-overlap`.
 */
export async function askForEviction(api: KubernetesApi, pod: Pod, namespace: string): Promise<string | undefined> {
  const { name } = pod.metadata;
  try {
    await api.evict({ namespace, name }, `check whether ${name} may be evicted`, { dryRun: true });
    return undefined;
  } catch (error) {
    const refusal = budgetRefusal(error);
    if (refusal === undefined) throw await nameBudgets(api, pod, namespace, error);
    return refusal;
  }
}

/**
 * Evicts a pod. A PodDisruptionBudget may block it for `timeoutMs` milliseconds. `onEvicted` is called when the eviction
 * was accepted, with the time of the clock at which it was sent.
 * @throws ActionError `disruption-blocked` with the message of the PodDisruptionBudget; `budgets-overlap` with the names
 * of all that select the pod.
 */
export async function evict(
  api: KubernetesApi,
  pod: Pod,
  namespace: string,
  timeoutMs: number,
  onEvicted?: (sentMs: number) => void,
): Promise<void> {
  const { name, uid } = pod.metadata;
  const deadlineMs = api.clock.now() + timeoutMs;
  for (;;) {
    const sentMs = api.clock.now();
    try {
      await api.evict({ namespace, name }, `evict ${name}`, { uid });
      onEvicted?.(sentMs);
      return;
    } catch (error) {
      // The pod no longer exists, or another pod has its name.
      if (hasStatus(error, 404, 409)) return;
      const refusal = budgetRefusal(error);
      if (refusal === undefined) throw await nameBudgets(api, pod, namespace, error);
      const message = `The eviction of ${name} is blocked: ${refusal}`;
      const blocked = new ActionError('disruption-blocked', message, { cause: error });
      await waitForBudget(api, namespace, refusal, deadlineMs - api.clock.now(), blocked);
    }
  }
}

/** Returns the error of an eviction, with the names of the PodDisruptionBudgets if more than one selects the pod. */
async function nameBudgets(api: KubernetesApi, pod: Pod, namespace: string, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'budgets-overlap')) return error;
  const { items } = await api.list('PodDisruptionBudget', { namespace }, 'find the budgets that select the pod');
  const { name, labels } = pod.metadata;
  const budgets = items.filter(({ spec }) => isSelectedBy(spec.selector, labels)).map(({ metadata }) => metadata.name);
  const message = `${name} cannot be evicted, because more than one PodDisruptionBudget selects it: ${budgets.join(', ')}.`;
  return new ActionError('budgets-overlap', message, { cause: error });
}

/** Waits until the PodDisruptionBudget named in the refusal allows a disruption, or all of them if it names none. */
async function waitForBudget(
  api: KubernetesApi,
  namespace: string,
  refusal: string,
  timeoutMs: number,
  blocked: ActionError,
): Promise<void> {
  const name = /disruption budget (\S+)/.exec(refusal)?.[1];
  const observer = observe(api, [{ kind: 'PodDisruptionBudget', namespace }]);
  const allows = ({ metadata, status }: PodDisruptionBudget): boolean =>
    (name !== undefined && metadata.name !== name) || (status?.disruptionsAllowed ?? 0) > 0;
  try {
    await observer.until(
      observation => (observation.all('PodDisruptionBudget').every(allows) ? found(undefined) : missing(refusal)),
      { timeoutMs, onTimeout: () => blocked },
    );
  } finally {
    observer.close();
  }
  // The status may allow a disruption before an eviction is accepted; an immediate retry would be blocked again.
  await api.clock.sleep(refusalPauseMs, api.signal);
  if (timeoutMs <= refusalPauseMs) throw blocked;
}
