import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { Node } from '../../kubernetes/types.js';
import { annotationKey } from '../../migratorydata/names.js';
import type { Mark } from './mark.js';

/**
 * Keeps the cluster autoscaler from removing a node that an experiment has emptied.
 * Cluster Autoscaler FAQ, "How can I prevent Cluster Autoscaler from scaling down a particular node?"
 */
const scaleDownDisabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

/** A short copy of the mark, for whoever looks at the node. */
export const markAnnotation = annotationKey('mark');

/** The nodes that have to be annotated: an annotation of somebody else is theirs, and stays. */
export function nodesToHold(nodes: readonly Node[]): readonly string[] {
  return nodes
    .filter(({ metadata }) => metadata.annotations?.[scaleDownDisabled] === undefined)
    .map(({ metadata }) => metadata.name);
}

/** Annotates the nodes of the mark, and its targets with a copy of it. */
export async function holdNodes(api: KubernetesApi, mark: Mark, targets: readonly string[]): Promise<void> {
  const copy = JSON.stringify({ run: mark.holder, fault: mark.experiment, deadline: mark.deadline, undo: mark.undo });
  await Promise.all(
    [...new Set([...mark.held, ...targets])].map(node =>
      annotate(api, node, `keep the autoscaler from removing node ${node}`, {
        ...(mark.held.includes(node) && { [scaleDownDisabled]: 'true' }),
        ...(targets.includes(node) && { [markAnnotation]: copy }),
      }),
    ),
  );
}

/** Takes back the annotations that `holdNodes` set; nodes that came or went meanwhile are fine. */
export async function releaseNodes(api: KubernetesApi, { held }: Mark): Promise<void> {
  const { items } = await api.list('Node', {}, 'see which nodes are annotated');
  await Promise.all(
    items.map(async ({ metadata: { name, annotations = {} } }) => {
      const ours = [
        ...(held.includes(name) && annotations[scaleDownDisabled] === 'true' ? [scaleDownDisabled] : []),
        ...(markAnnotation in annotations ? [markAnnotation] : []),
      ];
      if (ours.length === 0) return;
      await annotate(api, name, `release node ${name}`, Object.fromEntries(ours.map(key => [key, null])));
    }),
  );
}

async function annotate(
  api: KubernetesApi,
  name: string,
  why: string,
  annotations: Readonly<Record<string, string | null>>,
): Promise<void> {
  try {
    await api.mergePatch('Node', { name }, { metadata: { annotations } }, why);
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
