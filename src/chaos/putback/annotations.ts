import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { Node } from '../../kubernetes/types.js';
import { annotationKey } from '../../migratorydata/names.js';
import type { Mark } from './mark.js';
import { parseMark } from './mark.js';

/**
 * Keeps the cluster autoscaler from removing a node that an experiment has emptied.
 * Cluster Autoscaler FAQ, "How can I prevent Cluster Autoscaler from scaling down a particular node?"
 */
const scaleDownDisabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

/** A copy of the mark: for whoever looks at the node, and for `recover` when the namespace is gone. */
export const markAnnotation = annotationKey('mark');

/** The nodes that have to be annotated: an annotation of somebody else is theirs, and stays. */
export function nodesToHold(nodes: readonly Node[]): readonly string[] {
  return nodes
    .filter(({ metadata }) => metadata.annotations?.[scaleDownDisabled] === undefined)
    .map(({ metadata }) => metadata.name);
}

/** Annotates the nodes of the mark, and its targets with a copy of it; one of the others, if there is no target. */
export async function holdNodes(api: KubernetesApi, mark: Mark, targets: readonly string[]): Promise<void> {
  const copy = JSON.stringify(mark);
  const carriers = targets.length > 0 ? targets : mark.held.slice(0, 1);
  await Promise.all(
    [...new Set([...mark.held, ...carriers])].map(node =>
      annotate(api, node, `keep the autoscaler from removing node ${node}`, {
        ...(mark.held.includes(node) && { [scaleDownDisabled]: 'true' }),
        ...(carriers.includes(node) && { [markAnnotation]: copy }),
      }),
    ),
  );
}

/** The copy of a mark on a node, where there is one of a deployment in this namespace. */
export async function findCopy(api: KubernetesApi, namespace: string): Promise<Mark | undefined> {
  const { items } = await api.list('Node', {}, 'see whether a node carries the copy of a mark');
  return items.map(copyOn).find(copy => copy?.namespace === namespace);
}

function copyOn({ metadata: { annotations } }: Node): Mark | undefined {
  return parseMark(annotations?.[markAnnotation] ?? '');
}

/** Takes back the annotations that `holdNodes` set; nodes that came or went meanwhile are fine. */
export async function releaseNodes(api: KubernetesApi, { held, namespace }: Mark): Promise<void> {
  const { items } = await api.list('Node', {}, 'see which nodes are annotated');
  await Promise.all(
    items.map(async node => {
      const { name, annotations = {} } = node.metadata;
      const ours = [
        ...(held.includes(name) && annotations[scaleDownDisabled] === 'true' ? [scaleDownDisabled] : []),
        ...(copyOn(node)?.namespace === namespace ? [markAnnotation] : []),
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
