import { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { equivalentCommand } from '../../kubernetes/api/kubectl-equivalents.js';
import { annotationKey } from '../../migratorydata/object-names.js';
import type { CommandStep } from '../../runtime/command-line.js';

/** Names the holder that cordoned the node, so that a cordon of someone else is never removed. */
const cordonAnnotation = annotationKey('cordoned-by');

function cordonPatch(holder: string): object {
  return { metadata: { annotations: { [cordonAnnotation]: holder } }, spec: { unschedulable: true } };
}

const uncordonPatch = { metadata: { annotations: { [cordonAnnotation]: null } }, spec: { unschedulable: null } };

/** The command of `cordon`, for a dry run. */
export function cordonCommand(name: string): CommandStep {
  return patchCommandOf(name, cordonPatch(''), 'keep new pods off the node');
}

/** The command of `uncordon`, for a dry run. */
export function uncordonCommand(name: string): CommandStep {
  return patchCommandOf(name, uncordonPatch, 'make the node schedulable again');
}

function patchCommandOf(name: string, patch: object, why: string): CommandStep {
  return { line: equivalentCommand({ verb: 'patch', kind: 'Node', key: { name }, patch }), why };
}

/**
 * Cordons a node for a holder. Does nothing when the holder has already cordoned it.
 * @throws ActionError `target-refused` when someone else has cordoned it in the meantime.
 */
export async function cordon(api: KubernetesApi, name: string, holder: string): Promise<void> {
  const { metadata, spec } = await api.get('Node', { name }, `check whether node ${name} is cordoned`);
  if (spec.unschedulable === true) {
    if (metadata.annotations?.[cordonAnnotation] === holder) return;
    throw new ActionError(
      'target-refused',
      `Node ${name} was cordoned by someone else in the meantime; the action does not remove that cordon.`,
    );
  }
  await api.mergePatch('Node', { name }, cordonPatch(holder), `cordon node ${name}`);
}

/** Removes the cordon of a holder. Returns false when the node has no cordon of that holder. */
export async function uncordon(api: KubernetesApi, name: string, holder: string): Promise<boolean> {
  const node = await api.find('Node', { name }, `check who cordoned node ${name}`);
  if (node?.metadata.annotations?.[cordonAnnotation] !== holder) return false;
  await api.mergePatch('Node', { name }, uncordonPatch, `uncordon node ${name}`);
  return node.spec.unschedulable === true;
}
