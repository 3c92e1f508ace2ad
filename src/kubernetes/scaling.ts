import type { CommandStep } from '../runtime/command-line.js';
import { hasStatus } from './api/api-error.js';
import type { KubernetesApi } from './api/api.js';
import { equivalentCommand } from './api/kubectl-equivalents.js';
import type { HorizontalPodAutoscaler, Pod } from './api/types.js';
import type { MemberSet } from './pods.js';
import { type Reconciler, reconcilerOf } from './reconcilers.js';
import { type RolloutLimits, waitForMembers } from './rollout/rollout.js';

export interface Bounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** An autoscaler that sets the number of members. */
export interface FoundAutoscaler extends Bounds {
  readonly name: string;
}

/** An autoscaler with its annotations, and the controller that may undo changes of it. */
export interface AnnotatedAutoscaler extends FoundAutoscaler {
  readonly resourceVersion: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly reconciler: Reconciler | undefined;
}

/** Returns the autoscaler that targets the StatefulSet, regardless of who created it; undefined when there is none. */
export async function findAutoscaler(
  api: KubernetesApi,
  { namespace, name }: MemberSet,
): Promise<AnnotatedAutoscaler | undefined> {
  const { items } = await api.list('HorizontalPodAutoscaler', { namespace }, 'check for an autoscaler');
  const autoscaler = items.find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === 'StatefulSet' && scaleTargetRef.name === name,
  );
  if (autoscaler === undefined) return undefined;
  const { name: autoscalerName, annotations = {}, resourceVersion } = autoscaler.metadata;
  // The API server omits the kind of the items of a list.
  const reconciler = reconcilerOf({ ...autoscaler, kind: 'HorizontalPodAutoscaler' });
  return { name: autoscalerName, ...boundsOf(autoscaler), annotations, resourceVersion, reconciler };
}

/** Returns the bounds of an autoscaler; the lower one is 1 by default. */
function boundsOf({ spec }: HorizontalPodAutoscaler): Bounds {
  return { minReplicas: spec.minReplicas ?? 1, maxReplicas: spec.maxReplicas };
}

/** What else a change of bounds writes, and on which condition. */
export interface BoundsOptions {
  /** Annotations to set in the same request; null removes one. */
  readonly annotations?: Readonly<Record<string, string | null>>;
  /** If set, the change is an `api-conflict` when the autoscaler has changed since this version. */
  readonly resourceVersion?: string | undefined;
}

/** Sets the bounds of an autoscaler. */
export async function setBounds(
  api: KubernetesApi,
  namespace: string,
  name: string,
  { minReplicas, maxReplicas }: Bounds,
  metadata?: BoundsOptions,
): Promise<void> {
  const why = `set the bounds of autoscaler ${name} to ${minReplicas} and ${maxReplicas}`;
  const patch = { ...(metadata && { metadata }), spec: { minReplicas, maxReplicas } };
  await api.mergePatch('HorizontalPodAutoscaler', { namespace, name }, patch, why);
}

export interface ScaleResult {
  readonly pods: readonly Pod[];
  /**
   * The autoscaler with its former bounds, if one sets the number of members; both of its bounds are now the requested
   * number.
   */
  readonly autoscaler?: FoundAutoscaler;
}

/**
 * Scales the StatefulSet and waits for the members. If an autoscaler targets it, a number set directly would not last,
 * so both bounds of the autoscaler are set to that number; the result then contains the former bounds.
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

/** Requests a number of members as `scaleTo` does, without waiting. Returns the autoscaler with its former bounds. */
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

/**
 * Requests the wanted number of members as `requestReplicas` does, but only while the number is still the expected one,
 * so that the change of someone else is kept. Returns whether it was.
 */
export async function replaceReplicas(
  api: KubernetesApi,
  members: MemberSet,
  { expected, wanted }: { readonly expected: number; readonly wanted: number },
): Promise<boolean> {
  const { namespace, name } = members;
  let isSent = false;
  for (;;) {
    const [statefulSet, autoscaler] = await Promise.all([
      api.find('StatefulSet', { namespace, name }, 'read the number of members'),
      findAutoscaler(api, members),
    ]);
    if (statefulSet === undefined) return false;
    const bounds = autoscaler ?? {
      minReplicas: statefulSet.spec.replicas ?? 1,
      maxReplicas: statefulSet.spec.replicas ?? 1,
    };
    const areBoth = (count: number): boolean => bounds.minReplicas === count && bounds.maxReplicas === count;
    // The response to an earlier try may have been lost.
    if (isSent && areBoth(wanted)) return true;
    if (!areBoth(expected)) return false;
    isSent = true;
    try {
      if (autoscaler === undefined) {
        const { resourceVersion } = statefulSet.metadata;
        await api.scale('StatefulSet', { namespace, name }, wanted, `scale to ${wanted} members`, { resourceVersion });
      } else {
        const { resourceVersion } = autoscaler;
        const both = { minReplicas: wanted, maxReplicas: wanted };
        await setBounds(api, namespace, autoscaler.name, both, { resourceVersion });
      }
      return true;
    } catch (error) {
      // Controllers write the status of the object; the number may be the same.
      if (!hasStatus(error, 409)) throw error;
    }
  }
}
