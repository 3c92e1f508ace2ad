import { clientPort, memberLabels, metadataOf, names } from '../object-names.js';
import type { Exposure } from '../spec.js';
import type { ServiceManifest } from './shapes.js';

const types = {
  public: 'LoadBalancer',
  internal: 'LoadBalancer',
  'node-port': 'NodePort',
  'cluster-ip': 'ClusterIP',
} as const satisfies Record<Exposure['serviceType'], string>;

const azure = 'service.beta.kubernetes.io/azure-';

/**
 * The Service that clients connect to.
 *
 * The port has no `appProtocol`: with `http` the load balancer would probe `GET /` of the welcome page, which an
 * operator may have turned off, instead of the TCP port.
 * @param sourceRanges CIDRs that may connect; empty: everyone. Only load balancers have them.
 */
export function renderClientService(
  namespace: string,
  exposure: Exposure,
  sourceRanges: readonly string[],
): ServiceManifest {
  const type = types[exposure.serviceType];
  const balanced = type === 'LoadBalancer';
  const metadata = metadataOf(names.clientService, namespace);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: balanced ? { ...metadata, annotations: annotationsOf(exposure) } : metadata,
    spec: {
      type,
      ...(exposure.trafficPolicy !== undefined && { externalTrafficPolicy: exposure.trafficPolicy }),
      ...(balanced && sourceRanges.length > 0 && { loadBalancerSourceRanges: sourceRanges }),
      ports: [{ name: 'client-port', port: exposure.clientPort, protocol: 'TCP', targetPort: clientPort }],
      selector: memberLabels,
    },
  };
}

/**
 * What Azure's load balancer is told. Without the timeout it drops a connection that is silent for 4 minutes.
 * cloud-provider-azure.sigs.k8s.io/topics/loadbalancer, section "LoadBalancer annotations"
 */
function annotationsOf({ serviceType, idleTimeoutMinutes, dnsLabel }: Exposure): Readonly<Record<string, string>> {
  return {
    [`${azure}load-balancer-tcp-idle-timeout`]: String(idleTimeoutMinutes),
    ...(serviceType === 'internal' && { [`${azure}load-balancer-internal`]: 'true' }),
    ...(dnsLabel !== '' && { [`${azure}dns-label-name`]: dnsLabel }),
  };
}
