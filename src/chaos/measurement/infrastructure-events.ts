import type { KubernetesApi } from '../../kubernetes/api.js';
import { lastSeen } from '../../kubernetes/events.js';
import type { Event } from '../../kubernetes/types.js';

/**
 * What others did to nodes and pods meanwhile: the cluster autoscaler (Cluster Autoscaler FAQ, "What events are emitted
 * by CA?") and the repair of nodes ("Node auto-repair" in the AKS documentation).
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

/** Sentences about what autoscalers and repairs did since a time; nothing when the events cannot be read. */
export async function infrastructureEventsSince(
  api: KubernetesApi,
  namespace: string,
  sinceDate: Date,
): Promise<readonly string[]> {
  const namespaces = [...new Set([namespace, 'default', 'kube-system'])];
  const lists = await Promise.all(
    namespaces.map(one =>
      api.list('Event', { namespace: one }, `see what happened in ${one} meanwhile`).then(
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

/** Events count in whole seconds. */
export function isOfInterest(event: Event, sinceDate: Date): boolean {
  const seenMs = Date.parse(lastSeen(event));
  return reasons.includes(event.reason ?? '') && seenMs >= Math.floor(sinceDate.getTime() / 1000) * 1000;
}
