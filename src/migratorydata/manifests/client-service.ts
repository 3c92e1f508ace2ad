import type { Service } from '../../kubernetes/types.js';
import { annotationKey, clientPort, memberLabels, metadataOf, names, tlsPort } from '../object-names.js';
import type { Exposure } from '../spec.js';
import type { ServiceManifest } from './shapes.js';

const types = {
  public: 'LoadBalancer',
  internal: 'LoadBalancer',
  'node-port': 'NodePort',
  'cluster-ip': 'ClusterIP',
} as const satisfies Record<Exposure['serviceType'], string>;

const azure = 'service.beta.kubernetes.io/azure-';

/** The annotations of the Service, for the Azure load balancer, and for later steps, which learn the exposure from them. */
export const serviceAnnotations = {
  idleTimeout: `${azure}load-balancer-tcp-idle-timeout`,
  internal: `${azure}load-balancer-internal`,
  dnsLabel: `${azure}dns-label-name`,
  publicUrl: annotationKey('public-url'),
} as const;

/** The name of the port for clients. */
const clientPortName = 'client-port';

/**
 * Renders the Service that clients connect to.
 *
 * The port has no `appProtocol`: with `http`, the load balancer would probe `GET /`, the welcome page, which may be
 * disabled, instead of the TCP port.
 * @param sourceRanges CIDRs that may connect; empty for everyone. Only load balancers have them.
 */
export function renderClientService(
  namespace: string,
  exposure: Exposure,
  sourceRanges: readonly string[],
): ServiceManifest {
  const type = types[exposure.serviceType];
  const isLoadBalancer = type === 'LoadBalancer';
  const annotations = { ...(isLoadBalancer && balancerAnnotations(exposure)), ...publicUrlAnnotation(exposure) };
  const metadata = metadataOf(names.clientService, namespace);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: {
      type,
      ...(exposure.trafficPolicy !== undefined && { externalTrafficPolicy: exposure.trafficPolicy }),
      ...(isLoadBalancer && sourceRanges.length > 0 && { loadBalancerSourceRanges: sourceRanges }),
      ports: [
        {
          name: clientPortName,
          port: exposure.clientPort,
          protocol: 'TCP',
          targetPort: exposure.tlsSecret === '' ? clientPort : tlsPort,
        },
        ...exposure.servicePorts.map(({ name, port, target }) => ({
          name,
          port,
          protocol: 'TCP' as const,
          targetPort: target,
        })),
      ],
      selector: memberLabels,
    },
  };
}

/** Returns the port for clients of a Service, by its name; a Service may have more ports. */
export function clientPortOf({ spec }: Service): NonNullable<Service['spec']['ports']>[number] | undefined {
  return spec.ports?.find(({ name }) => name === clientPortName);
}

/**
 * Returns the annotations for the Azure load balancer. Without the timeout, it drops a connection that is idle for 4
 * minutes.
 * cloud-provider-azure.sigs.k8s.io/topics/loadbalancer, section "LoadBalancer annotations"
 */
function balancerAnnotations({
  serviceType,
  idleTimeoutMinutes,
  dnsLabel,
}: Exposure): Readonly<Record<string, string>> {
  return {
    [serviceAnnotations.idleTimeout]: String(idleTimeoutMinutes),
    ...(serviceType === 'internal' && { [serviceAnnotations.internal]: 'true' }),
    ...(dnsLabel !== '' && { [serviceAnnotations.dnsLabel]: dnsLabel }),
  };
}

function publicUrlAnnotation({ publicUrl }: Exposure): Readonly<Record<string, string>> {
  return publicUrl === '' ? {} : { [serviceAnnotations.publicUrl]: publicUrl };
}
