import { clusterPortName, clusterPorts, memberLabels, metadataOf, names } from '../object-names.js';
import type { ServiceManifest } from './shapes.js';

/**
 * The Service without an address that gives each member its host name. Members need each other's names before they are
 * Ready, and one that is not Ready has none unless `publishNotReadyAddresses` is set.
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
