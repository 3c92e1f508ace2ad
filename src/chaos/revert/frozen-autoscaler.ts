import type { KubernetesApi } from '../../kubernetes/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import {
  type AnnotatedAutoscaler,
  type Bounds,
  findAutoscaler,
  type FoundAutoscaler,
  setBounds,
} from '../../kubernetes/scaling.js';
import { annotationKey } from '../../migratorydata/object-names.js';
import { invalidRecord } from './revert-record-store.js';

/**
 * Keeps the former bounds on the autoscaler itself, as `3-5`: write access to ConfigMaps is not enough to change them.
 */
const formerBoundsAnnotation = annotationKey('former-bounds');

/** Sets both bounds of an autoscaler to `replicas`, and saves its former bounds on it in the same request. */
export async function freezeAutoscaler(
  api: KubernetesApi,
  { namespace }: MemberSet,
  autoscaler: AnnotatedAutoscaler,
  replicas: number,
): Promise<void> {
  const former = formerBoundsOf(autoscaler) ?? autoscaler;
  const bounds = { minReplicas: replicas, maxReplicas: replicas };
  const annotations = { [formerBoundsAnnotation]: `${former.minReplicas}-${former.maxReplicas}` };
  await setBounds(api, namespace, autoscaler.name, bounds, annotations);
}

/** Returns whether the autoscaler of the members still has the bounds of an experiment. */
export async function isFrozen(api: KubernetesApi, members: MemberSet): Promise<boolean> {
  const autoscaler = await findAutoscaler(api, members);
  return autoscaler !== undefined && formerBoundsOf(autoscaler) !== undefined;
}

/** Says how the autoscaler of the members differs from a frozen one, as a clause; undefined when it is frozen. */
export async function describeThaw(api: KubernetesApi, members: MemberSet): Promise<string | undefined> {
  const now = await findAutoscaler(api, members);
  if (now === undefined) return 'the autoscaler was deleted during the experiment';
  const { name, minReplicas, maxReplicas, reconciler } = now;
  if (formerBoundsOf(now) !== undefined && minReplicas === maxReplicas) return undefined;
  const by = reconciler?.name ?? 'another controller';
  return `${by} changed the bounds of autoscaler ${name} to ${minReplicas} and ${maxReplicas} during the experiment`;
}

/**
 * Restores the bounds that are saved on the autoscaler. Returns a sentence; undefined when there is nothing to revert.
 * @throws ActionError `record-invalid` when the record has other bounds.
 */
export async function unfreezeAutoscaler(
  api: KubernetesApi,
  members: MemberSet,
  recorded: FoundAutoscaler | undefined,
): Promise<string | undefined> {
  const now = await findAutoscaler(api, members);
  if (now === undefined) return undefined;
  const { name } = now;
  const former = formerBoundsOf(now);
  if (recorded !== undefined && recorded.name === name && !areEqual(recorded, former ?? now)) {
    const expected = `${recorded.minReplicas} to ${recorded.maxReplicas}`;
    const actual = former ? `the saved bounds ${former.minReplicas} to ${former.maxReplicas}` : 'no saved bounds';
    throw invalidRecord([
      `The record says that autoscaler ${name} had the bounds ${expected} (autoscaler), but the autoscaler has ${actual}.`,
    ]);
  }
  if (former === undefined) return undefined;
  await setBounds(api, members.namespace, name, former, { [formerBoundsAnnotation]: null });
  return `The bounds of autoscaler ${name} were restored.`;
}

function formerBoundsOf({ annotations }: AnnotatedAutoscaler): Bounds | undefined {
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(annotations[formerBoundsAnnotation] ?? '') ?? [];
  return min === undefined || max === undefined ? undefined : { minReplicas: Number(min), maxReplicas: Number(max) };
}

function areEqual(a: Bounds, b: Bounds): boolean {
  return a.minReplicas === b.minReplicas && a.maxReplicas === b.maxReplicas;
}
