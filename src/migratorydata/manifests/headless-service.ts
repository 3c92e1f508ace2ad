import { clusterPortName, clusterPorts, memberLabels, metadataOf, names } from '../object-names.js';
import type { ServiceManifest } from './shapes.js';

/**
 * Renders the headless Service, which provides the host names of the members. Members need these names before they are
 * Ready, which requires `publishNotReadyAddresses`.
 */
export function renderHeadlessService(namespace: string): ServiceManifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(names.headlessService, namespace),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      ports: clusterPorts.map((port, index) => ({
        name: clusterPortName(index),
        port,
        protocol: 'TCP',
        targetPort: port,
      })),
      selector: memberLabels,
    },
  };
}
