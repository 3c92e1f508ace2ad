import type { KubernetesApi } from '../../kubernetes/api.js';
import { lastSeen } from '../../kubernetes/events.js';
import type { Event } from '../../kubernetes/types.js';

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
 * Returns sentences about what autoscalers and node repair did since a time; an empty list when events cannot be read.
 */
export async function infrastructureEventsSince(
  api: KubernetesApi,
  namespace: string,
  sinceDate: Date,
): Promise<readonly string[]> {
  const namespaces = [...new Set([namespace, 'default', 'kube-system'])];
  const lists = await Promise.all(
    namespaces.map(one =>
      api.list('Event', { namespace: one }, `read the events of namespace ${one}`).then(
        ({ items }) => items,
        () => [],
      ),
    ),
  );
  return lists
    .flat()
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
