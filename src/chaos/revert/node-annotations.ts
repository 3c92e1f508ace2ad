import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { Node } from '../../kubernetes/types.js';
import { annotationKey } from '../../migratorydata/object-names.js';
import { recordAnnotation } from './annotation-keys.js';
import { isRecordOf, type RevertRecord, type RecordReading, parseRevertRecord } from './revert-record.js';

/**
 * Keeps the cluster autoscaler from removing a node that an experiment has emptied.
 * Cluster Autoscaler FAQ, "How can I prevent Cluster Autoscaler from scaling down a particular node?"
 */
const scaleDownDisabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

/** Names the holder who has set the annotation above: one of an administrator is theirs, whatever a mark says. */
const holdAnnotation = annotationKey('held-by');

/** The nodes that have to be annotated: an annotation of somebody else is theirs, and stays. */
export function nodesToHold(nodes: readonly Node[]): readonly string[] {
  return nodes
    .filter(({ metadata }) => metadata.annotations?.[scaleDownDisabled] === undefined)
    .map(({ metadata }) => metadata.name);
}

/** Annotates the nodes of the mark, and its targets with a copy of it; one of the others, if there is no target. */
export async function holdNodes(api: KubernetesApi, record: RevertRecord, targets: readonly string[]): Promise<void> {
  const copy = JSON.stringify(record);
  const carriers = targets.length > 0 ? targets : record.held.slice(0, 1);
  await Promise.all(
    [...new Set([...record.held, ...carriers])].map(node =>
      annotate(api, node, `keep the autoscaler from removing node ${node}`, {
        ...(record.held.includes(node) && { [scaleDownDisabled]: 'true', [holdAnnotation]: record.holder }),
        ...(carriers.includes(node) && { [recordAnnotation]: copy }),
      }),
    ),
  );
}

/** A copy of a mark, and the node that carries it. */
export interface FoundCopy {
  readonly node: string;
  readonly reading: RecordReading;
}

/** The copies of marks of a deployment in this namespace, on whatever nodes. */
export async function findCopies(api: KubernetesApi, namespace: string): Promise<readonly FoundCopy[]> {
  const { items } = await api.list('Node', {}, 'see whether a node carries the copy of a mark');
  return items.flatMap(({ metadata: { name, annotations } }) => {
    const text = annotations?.[recordAnnotation] ?? '';
    return isRecordOf(text, namespace) ? [{ node: name, reading: parseRevertRecord(text, namespace) }] : [];
  });
}

/** Takes back the annotations that `holdNodes` set; nodes that came or went meanwhile are fine. */
export async function releaseNodes(api: KubernetesApi, { holder, namespace }: RevertRecord): Promise<void> {
  const { items } = await api.list('Node', {}, 'see which nodes are annotated');
  await Promise.all(
    items.map(async ({ metadata: { name, annotations = {} } }) => {
      const copy = parseRevertRecord(annotations[recordAnnotation] ?? '', namespace);
      const ours = [
        ...(annotations[holdAnnotation] === holder ? [scaleDownDisabled, holdAnnotation] : []),
        ...('mark' in copy && copy.mark.holder === holder ? [recordAnnotation] : []),
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
