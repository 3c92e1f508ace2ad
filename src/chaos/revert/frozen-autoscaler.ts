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

/** Keeps the bounds from before an experiment on the autoscaler itself, as `3-5`: who may write a ConfigMap cannot write it. */
const formerBoundsAnnotation = annotationKey('former-bounds');

/** Holds an autoscaler at a number of members, and writes its former bounds beside it in the same request. */
export async function freezeAutoscaler(
  api: KubernetesApi,
  { namespace }: MemberSet,
  autoscaler: AnnotatedAutoscaler,
  replicas: number,
): Promise<void> {
  const former = formerBoundsOf(autoscaler) ?? autoscaler;
  const bounds = { minReplicas: replicas, maxReplicas: replicas };
  const copy = { [formerBoundsAnnotation]: `${former.minReplicas}-${former.maxReplicas}` };
  await setBounds(api, namespace, autoscaler.name, bounds, copy);
}

/** Whether the autoscaler of the members still has bounds that an experiment has set. */
export async function isFrozen(api: KubernetesApi, members: MemberSet): Promise<boolean> {
  const autoscaler = await findAutoscaler(api, members);
  return autoscaler !== undefined && formerBoundsOf(autoscaler) !== undefined;
}

/**
 * Gives the autoscaler the bounds that are written on it. Returns a sentence, undefined when there is nothing to revert.
 * @throws ActionError `record-invalid` when the record says other bounds.
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
    const said = `${recorded.minReplicas} to ${recorded.maxReplicas}`;
    const shown = former ? `${former.minReplicas} to ${former.maxReplicas}` : 'none that an experiment has kept';
    throw invalidRecord([
      `The record says that autoscaler ${name} had the bounds ${said} (autoscaler), and the autoscaler shows ${shown}.`,
    ]);
  }
  if (former === undefined) return undefined;
  await setBounds(api, members.namespace, name, former, { [formerBoundsAnnotation]: null });
  return `Autoscaler ${name} has its bounds back.`;
}

function formerBoundsOf({ annotations }: AnnotatedAutoscaler): Bounds | undefined {
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(annotations[formerBoundsAnnotation] ?? '') ?? [];
  return min === undefined || max === undefined ? undefined : { minReplicas: Number(min), maxReplicas: Number(max) };
}

function areEqual(a: Bounds, b: Bounds): boolean {
  return a.minReplicas === b.minReplicas && a.maxReplicas === b.maxReplicas;
}
