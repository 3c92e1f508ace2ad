import type { LabApi } from '../api.js';
import type { ExposedService } from './objects.js';

/**
 * Writes an event about a Service as the cloud's service controller does.
 * https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go
 */
export async function writeServiceEvent(
  api: LabApi,
  { metadata }: ExposedService,
  reason: 'EnsuringLoadBalancer' | 'EnsuredLoadBalancer' | 'SyncLoadBalancerFailed',
  message: string,
): Promise<void> {
  const { name, namespace = '', uid } = metadata;
  const at = new Date().toISOString().replace(/\.\d+/, '');
  await api.request('POST', `/api/v1/namespaces/${namespace}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Service', name, namespace, uid },
    type: reason === 'SyncLoadBalancerFailed' ? 'Warning' : 'Normal',
    reason,
    message,
    source: { component: 'service-controller' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}
