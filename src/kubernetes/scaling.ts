import type { CommandStep } from '../runtime/command-line.js';
import type { KubernetesApi } from './api.js';
import { equivalentCommand } from './kubectl-equivalents.js';
import type { MemberSet } from './pods.js';
import { type RolloutLimits, waitForMembers } from './rollout.js';
import type { HorizontalPodAutoscaler, Pod } from './types.js';

export interface Bounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** An autoscaler that decides on the number of members. */
export interface FoundAutoscaler extends Bounds {
  readonly name: string;
}

/** The same with its annotations. */
export interface AnnotatedAutoscaler extends FoundAutoscaler {
  readonly annotations: Readonly<Record<string, string>>;
}

/** The autoscaler that targets the StatefulSet, whoever made it; undefined when there is none. */
export async function findAutoscaler(
  api: KubernetesApi,
  { namespace, name }: MemberSet,
): Promise<AnnotatedAutoscaler | undefined> {
  const { items } = await api.list('HorizontalPodAutoscaler', { namespace }, 'see whether an autoscaler is there');
  const autoscaler = items.find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === 'StatefulSet' && scaleTargetRef.name === name,
  );
  if (autoscaler === undefined) return undefined;
  const { name: autoscalerName, annotations = {} } = autoscaler.metadata;
  return { name: autoscalerName, ...boundsOf(autoscaler), annotations };
}

/** How many members are wanted; undefined when there is no StatefulSet. */
export async function findReplicas(api: KubernetesApi, { namespace, name }: MemberSet): Promise<number | undefined> {
  const set = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  return set && (set.spec.replicas ?? 1);
}

/** The bounds of an autoscaler; one without a lower bound has 1. */
function boundsOf({ spec }: HorizontalPodAutoscaler): Bounds {
  return { minReplicas: spec.minReplicas ?? 1, maxReplicas: spec.maxReplicas };
}

/** Sets the bounds of an autoscaler and, in the same request, annotations; null removes one. */
export async function setBounds(
  api: KubernetesApi,
  namespace: string,
  name: string,
  { minReplicas, maxReplicas }: Bounds,
  annotations?: Readonly<Record<string, string | null>>,
): Promise<void> {
  const why = `set the bounds of autoscaler ${name} to ${minReplicas} and ${maxReplicas}`;
  const patch = { ...(annotations && { metadata: { annotations } }), spec: { minReplicas, maxReplicas } };
  await api.mergePatch('HorizontalPodAutoscaler', { namespace, name }, patch, why);
}

export interface ScaleResult {
  readonly pods: readonly Pod[];
  /** Set when an autoscaler decides on the number: its bounds before, which are both the wanted number now. */
  readonly autoscaler?: FoundAutoscaler;
}

/**
 * Brings the StatefulSet to a number of members and waits for them. Where an autoscaler targets it, a number set by hand
 * would not last: then both bounds of the autoscaler become that number, and the result says so, with the former ones.
 * @throws what `waitForMembers` throws.
 */
export async function scaleTo(
  api: KubernetesApi,
  members: MemberSet,
  replicas: number,
  limits: RolloutLimits,
): Promise<ScaleResult> {
  const autoscaler = await requestReplicas(api, members, replicas);
  const pods = await waitForMembers(api, { members, replicas }, limits);
  return { pods, ...(autoscaler ? { autoscaler } : {}) };
}

/** The command that `requestReplicas` runs where no autoscaler decides on the number, for a dry run. */
export function scaleCommand({ namespace, name }: MemberSet, replicas: number): CommandStep {
  const line = equivalentCommand({ verb: 'scale', kind: 'StatefulSet', key: { namespace, name }, replicas });
  return { line, why: `scale to ${replicas} members` };
}

/** Asks for a number of members as `scaleTo` does, and does not wait. Gives the autoscaler as it was found. */
export async function requestReplicas(
  api: KubernetesApi,
  members: MemberSet,
  replicas: number,
): Promise<FoundAutoscaler | undefined> {
  const { namespace, name } = members;
  const autoscaler = await findAutoscaler(api, members);
  if (autoscaler === undefined) {
    await api.scale('StatefulSet', { namespace, name }, replicas, `scale to ${replicas} members`);
  } else {
    await setBounds(api, namespace, autoscaler.name, { minReplicas: replicas, maxReplicas: replicas });
  }
  return autoscaler;
}
