import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { type AnnotatedAutoscaler, type Bounds, findAutoscaler, setBounds } from '../../kubernetes/scaling.js';
import { annotationKey } from '../../migratorydata/object-names.js';
import { invalidRecord } from './revert-record-store.js';
import type { RevertRecord } from './revert-record.js';

/**
 * Keeps the former bounds on the autoscaler itself, as `3-5`: write access to ConfigMaps is not enough to change them.
 */
const formerBoundsAnnotation = annotationKey('former-bounds');

/** Returns the bounds from before any experiment: those that one left frozen are saved on the autoscaler. */
export function originalBounds(autoscaler: AnnotatedAutoscaler): Bounds {
  const { minReplicas, maxReplicas } = formerBoundsOf(autoscaler) ?? autoscaler;
  return { minReplicas, maxReplicas };
}

/** Sets both bounds of an autoscaler to `replicas`, and saves its former bounds on it in the same request. */
export async function freezeAutoscaler(
  api: KubernetesApi,
  { namespace }: MemberSet,
  autoscaler: AnnotatedAutoscaler,
  replicas: number,
): Promise<void> {
  const former = originalBounds(autoscaler);
  const bounds = { minReplicas: replicas, maxReplicas: replicas };
  const annotations = { [formerBoundsAnnotation]: `${former.minReplicas}-${former.maxReplicas}` };
  await setBounds(api, namespace, autoscaler.name, bounds, { annotations });
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
 * Restores the bounds that are saved on the autoscaler, if its bounds are still those of the experiment. Returns a
 * sentence; undefined when there is nothing to revert.
 * @throws ActionError `record-invalid` when the record has other bounds.
 */
export async function unfreezeAutoscaler(
  api: KubernetesApi,
  members: MemberSet,
  { autoscaler: recorded, undo: { replicas } }: RevertRecord,
): Promise<string | undefined> {
  for (;;) {
    const now = await findAutoscaler(api, members);
    if (now === undefined) return undefined;
    const { name, minReplicas, maxReplicas, resourceVersion } = now;
    const former = formerBoundsOf(now);
    if (recorded !== undefined && recorded.name === name && !areEqual(recorded, former ?? now)) {
      const expected = `${recorded.minReplicas} to ${recorded.maxReplicas}`;
      const actual = former ? `the saved bounds ${former.minReplicas} to ${former.maxReplicas}` : 'no saved bounds';
      throw invalidRecord([
        `The record says that autoscaler ${name} had the bounds ${expected} (autoscaler), but the autoscaler has ${actual}.`,
      ]);
    }
    if (former === undefined) return undefined;
    const isOurs = minReplicas === maxReplicas;
    if (isOurs && replicas !== undefined && ![replicas.from, replicas.set].includes(minReplicas)) {
      throw invalidRecord([
        `The record says that the experiment set ${replicas.from} or ${replicas.set} members (undo.replicas), but autoscaler ${name} holds ${minReplicas}.`,
      ]);
    }
    try {
      const annotations = { [formerBoundsAnnotation]: null };
      await setBounds(api, members.namespace, name, isOurs ? former : now, { annotations, resourceVersion });
      return isOurs
        ? `The bounds of autoscaler ${name} were restored.`
        : `Autoscaler ${name} has the bounds ${minReplicas} to ${maxReplicas}, which the experiment did not set, so they stay.`;
    } catch (error) {
      // Its controller has written the status, or someone has changed the bounds.
      if (!hasStatus(error, 409)) throw error;
    }
  }
}

function formerBoundsOf({ annotations }: AnnotatedAutoscaler): Bounds | undefined {
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(annotations[formerBoundsAnnotation] ?? '') ?? [];
  return min === undefined || max === undefined ? undefined : { minReplicas: Number(min), maxReplicas: Number(max) };
}

function areEqual(a: Bounds, b: Bounds): boolean {
  return a.minReplicas === b.minReplicas && a.maxReplicas === b.maxReplicas;
}
