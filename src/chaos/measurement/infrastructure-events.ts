import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Event } from '../../kubernetes/api/types.js';
import { unseen } from '../../kubernetes/api/unseen.js';
import { lastSeen } from '../../kubernetes/rollout/events.js';

/**
 * Event reasons of others that change nodes and pods: the cluster autoscaler (Cluster Autoscaler FAQ, "What events are
 * emitted by CA?") and node auto-repair ("Node auto-repair" in the AKS documentation).
 */
const reasons = [
  'TriggeredScaleUp',
  'NotTriggerScaleUp',
  'ScaleUpTimedOut',
  'ScaledUpGroup',
  'FailedToScaleUpGroup',
  'ScaleDown',
  'ScaleDownFailed',
  'NodeRebootStart',
  'NodeRebootEnd',
  'NodeReimageStart',
  'NodeReimageEnd',
  'NodeRedeployStart',
  'NodeRedeployEnd',
  'RegisteredNode',
  'RemovingNode',
  'DeletingNode',
  'Rebooted',
];

/**
 * Returns sentences about what autoscalers and node repair did since a time, to the pods of a namespace, to nodes, and
 * to the cluster as a whole; an empty list when events cannot be read. The events of all other nodes are not read: there
 * may be thousands.
 */
export async function infrastructureEventsSince(
  api: KubernetesApi,
  namespace: string,
  nodes: readonly string[],
  sinceDate: Date,
): Promise<readonly string[]> {
  const selections = [
    { notSeen: unseen.autoscalerEvents, namespace },
    // The autoscaler reports on the cluster as events of the ConfigMap with its status.
    {
      notSeen: unseen.autoscalerEvents,
      namespace: 'kube-system',
      fields: 'involvedObject.name=cluster-autoscaler-status',
    },
    ...nodes.map(node => ({
      notSeen: unseen.nodeEvents,
      namespace: 'default',
      fields: `involvedObject.kind=Node,involvedObject.name=${node}`,
    })),
  ];
  const lists = await Promise.all(
    selections.map(({ notSeen, ...selection }) => {
      const events = api.list('Event', selection, `read the events of namespace ${selection.namespace}`);
      return api.unlessForbidden(events, notSeen).catch(() => undefined);
    }),
  );
  return lists
    .flatMap(list => list?.items ?? [])
    .filter(event => isOfInterest(event, sinceDate))
    .map(({ reason = '', message = '', involvedObject }) =>
      `${reason} of ${involvedObject.kind ?? 'object'} ${involvedObject.name ?? ''}: ${message}`.trim(),
    );
}

/** Returns whether an autoscaler or node repair caused the event since a time. Event times are whole seconds. */
function isOfInterest(event: Event, sinceDate: Date): boolean {
  const seenMs = Date.parse(lastSeen(event));
  return reasons.includes(event.reason ?? '') && seenMs >= Math.floor(sinceDate.getTime() / 1000) * 1000;
}
