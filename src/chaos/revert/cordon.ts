import { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { annotationKey } from '../../migratorydata/object-names.js';

/** Names the holder whose cordon it is: one that somebody else sets meanwhile is theirs to lift. */
const cordonAnnotation = annotationKey('cordoned-by');

/**
 * Keeps new pods off a node, in the name of a holder.
 * @throws ActionError `target-refused` when somebody else has cordoned it meanwhile.
 */
export async function cordon(api: KubernetesApi, name: string, holder: string): Promise<void> {
  const { metadata, spec } = await api.get('Node', { name }, `see whether node ${name} is cordoned`);
  if (spec.unschedulable === true) {
    if (metadata.annotations?.[cordonAnnotation] === holder) return;
    throw new ActionError(
      'target-refused',
      `Node ${name} was cordoned meanwhile by somebody else, who alone lifts that.`,
    );
  }
  const ours = { metadata: { annotations: { [cordonAnnotation]: holder } }, spec: { unschedulable: true } };
  await api.mergePatch('Node', { name }, ours, `cordon node ${name}`);
}

/** Lifts the cordon of a holder. False when there is none of theirs, and so nothing to undo. */
export async function uncordon(api: KubernetesApi, name: string, holder: string): Promise<boolean> {
  const node = await api.find('Node', { name }, `see whose cordon node ${name} has`);
  if (node?.metadata.annotations?.[cordonAnnotation] !== holder) return false;
  const free = { metadata: { annotations: { [cordonAnnotation]: null } }, spec: { unschedulable: null } };
  await api.mergePatch('Node', { name }, free, `uncordon node ${name}`);
  return node.spec.unschedulable === true;
}
