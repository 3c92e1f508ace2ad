import {
  clusterPortName,
  clusterPorts,
  type DeploymentKey,
  deploymentNames,
  memberLabels,
  metadataOf,
} from '../object-names.js';
import type { ServiceManifest } from './shapes.js';

/**
 * Renders the headless Service, which provides the host names of the members. Members need these names before they are
 * Ready, which requires `publishNotReadyAddresses`.
 */
export function renderHeadlessService(deployment: DeploymentKey): ServiceManifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(deploymentNames(deployment.name).headlessService, deployment),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      ports: clusterPorts.map((port, index) => ({
        name: clusterPortName(index),
        port,
        protocol: 'TCP',
        targetPort: port,
      })),
      selector: memberLabels(deployment.name),
    },
  };
}
