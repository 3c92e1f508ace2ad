import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Node } from '../../kubernetes/api/types.js';
import { unseen } from '../../kubernetes/api/unseen.js';
import { annotationKey } from '../../migratorydata/object-names.js';
import { recordAnnotation } from './annotation-keys.js';
import { isRecordOf, type RevertRecord, type RecordReading, parseRevertRecord } from './revert-record.js';

/**
 * Keep the cluster autoscaler, or node auto-provisioning (Karpenter), from removing a node that an experiment has drained.
 * Cluster Autoscaler FAQ, "How can I prevent Cluster Autoscaler from scaling down a particular node?"; "Well-Known
 * Annotations" in the Karpenter documentation. Neither minds the annotation of the other.
 */
const removalDisabled = [
  'cluster-autoscaler.kubernetes.io/scale-down-disabled',
  'karpenter.sh/do-not-disrupt',
] as const;

/**
 * Names the holder that set the annotations above. Without it, they are an administrator's, whatever a record says.
 */
const holdAnnotation = annotationKey('held-by');

/** The label of all nodes with one of our annotations, so that a selector finds them among any number of nodes. */
const heldLabel = annotationKey('held');
const heldNodes = { labels: heldLabel };

/** Returns the names of the nodes to annotate: those that have none of the annotations already. */
export function nodesToHold(nodes: readonly Node[]): readonly string[] {
  return nodes
    .filter(({ metadata }) => removalDisabled.every(key => metadata.annotations?.[key] === undefined))
    .map(({ metadata }) => metadata.name);
}

/**
 * Annotates the nodes of the revert record, and adds a copy of it to the targets; without targets, to one of the nodes.
 */
export async function holdNodes(api: KubernetesApi, record: RevertRecord, targets: readonly string[]): Promise<void> {
  const copy = JSON.stringify(record);
  const others = record.held.filter(node => !targets.includes(node));
  // A deleted node takes its copy with it.
  const needsOther = targets.length === 0 || record.undo.deletions.length > 0;
  const carriers = [...targets, ...(needsOther ? others.slice(0, 1) : [])];
  await Promise.all(
    [...new Set([...record.held, ...carriers])].map(node =>
      patchMetadata(api, node, `keep the autoscaler from removing node ${node}`, {
        labels: { [heldLabel]: '' },
        annotations: {
          ...(record.held.includes(node) && {
            ...Object.fromEntries(removalDisabled.map(key => [key, 'true'])),
            [holdAnnotation]: record.holder,
          }),
          ...(carriers.includes(node) && { [recordAnnotation]: copy }),
        },
      }),
    ),
  );
}

/** A copy of a revert record, and the node that has it. */
export interface FoundCopy {
  readonly node: string;
  readonly reading: RecordReading;
}

/** Returns the copies of revert records for the deployment in a namespace; none without access to nodes. */
export async function findCopies(api: KubernetesApi, namespace: string): Promise<readonly FoundCopy[]> {
  const nodes = api.list('Node', heldNodes, 'check whether a node has the copy of a revert record');
  const { items } = (await api.unlessForbidden(nodes, unseen.recordCopies)) ?? { items: [] };
  return items.flatMap(({ metadata: { name, annotations } }) => {
    const text = annotations?.[recordAnnotation] ?? '';
    return isRecordOf(text, namespace) ? [{ node: name, reading: parseRevertRecord(text, namespace) }] : [];
  });
}

/**
 * Returns the nodes with the revert record of an experiment on another deployment. Its run has ended if this one holds
 * the lock on the nodes.
 */
export async function findNodesOfOthers(api: KubernetesApi, namespace: string): Promise<readonly string[]> {
  const { items } = await api.list('Node', heldNodes, 'check whether another deployment has an unfinished experiment');
  return items
    .filter(({ metadata: { annotations } }) => {
      const text = annotations?.[recordAnnotation];
      return text !== undefined && !isRecordOf(text, namespace);
    })
    .map(({ metadata }) => metadata.name);
}

/** Removes what `holdNodes` added. Nodes may have been removed in the meantime. */
export async function releaseNodes(api: KubernetesApi, { holder, namespace }: RevertRecord): Promise<void> {
  await release(api, () => ({
    isOurHold: heldBy => heldBy === holder,
    isOurCopy: text => {
      const copy = parseRevertRecord(text, namespace);
      return 'record' in copy && copy.record.holder === holder;
    },
  }));
}

/** Removes the copies of records for a namespace, valid or not, and what `holdNodes` added for their holders. */
export async function discardCopies(api: KubernetesApi, namespace: string): Promise<void> {
  await release(api, texts => ({
    isOurHold: heldBy => texts.some(text => isRecordOf(text, namespace, heldBy)),
    isOurCopy: text => isRecordOf(text, namespace),
  }));
}

interface Ownership {
  readonly isOurHold: (heldBy: string) => boolean;
  readonly isOurCopy: (text: string) => boolean;
}

/** Removes annotations, and the label from nodes without any; `ownershipOf` decides by the copies on all nodes. */
async function release(api: KubernetesApi, ownershipOf: (copies: readonly string[]) => Ownership): Promise<void> {
  const { items } = await api.list('Node', heldNodes, 'check which nodes are annotated');
  const { isOurHold, isOurCopy } = ownershipOf(
    items.map(({ metadata: { annotations } }) => annotations?.[recordAnnotation] ?? ''),
  );
  await Promise.all(
    items.map(async ({ metadata: { name, annotations = {} } }) => {
      const { [holdAnnotation]: heldBy, [recordAnnotation]: copy } = annotations;
      const ours = [
        ...(heldBy !== undefined && isOurHold(heldBy) ? [...removalDisabled, holdAnnotation] : []),
        ...(copy !== undefined && isOurCopy(copy) ? [recordAnnotation] : []),
      ];
      if (ours.length === 0) return;
      const others = [holdAnnotation, recordAnnotation].some(key => key in annotations && !ours.includes(key));
      await patchMetadata(api, name, `release node ${name}`, {
        ...(!others && { labels: { [heldLabel]: null } }),
        annotations: Object.fromEntries(ours.map(key => [key, null])),
      });
    }),
  );
}

async function patchMetadata(
  api: KubernetesApi,
  name: string,
  why: string,
  metadata: Readonly<Partial<Record<'labels' | 'annotations', Readonly<Record<string, string | null>>>>>,
): Promise<void> {
  try {
    await api.mergePatch('Node', { name }, { metadata }, why);
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
