import { ActionError } from '../../errors/action-error.js';
import type { Service, ServicePort } from '../../kubernetes/api/types.js';
import {
  annotationKey,
  clientPort,
  clientPortName,
  type DeploymentKey,
  deploymentLabels,
  deploymentNames,
  metadataOf,
  tlsPort,
} from '../object-names.js';
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
const serviceAnnotations = {
  idleTimeout: `${azure}load-balancer-tcp-idle-timeout`,
  internal: `${azure}load-balancer-internal`,
  dnsLabel: `${azure}dns-label-name`,
  publicUrl: annotationKey('public-url'),
} as const;

/**
 * Renders the Service that clients connect to.
 *
 * It selects by one label more than the headless Service: the policies of AKS refuse Services of one namespace with the
 * same selector (K8sAzureV1UniqueServiceSelector).
 *
 * The port has no `appProtocol`: with `http`, the load balancer would probe `GET /`, the welcome page, which may be
 * disabled, instead of the TCP port.
 * @param sourceRanges CIDRs that may connect; empty for everyone. Only load balancers have them.
 */
export function renderClientService(
  deployment: DeploymentKey,
  exposure: Exposure,
  sourceRanges: readonly string[],
): ServiceManifest {
  const type = types[exposure.serviceType];
  const isLoadBalancer = type === 'LoadBalancer';
  const annotations = { ...(isLoadBalancer && balancerAnnotations(exposure)), ...publicUrlAnnotation(exposure) };
  const metadata = metadataOf(deploymentNames(deployment.name).clientService, deployment);
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
      selector: deploymentLabels(deployment.name),
    },
  };
}

/**
 * Returns the port of a client Service that clients connect to: patches may add others.
 * @throws ActionError `not-deployed` when it has none of this name.
 */
export function clientPortOf({ metadata, spec }: Service): ServicePort {
  const port = findClientPort({ spec });
  if (port !== undefined) return port;
  const ports = spec.ports?.map(({ name, port: number }) => name ?? String(number)).join(', ');
  const message = `Service ${metadata.name} in namespace ${metadata.namespace ?? ''} has no port named ${clientPortName}; its ports are ${ports ?? 'none'}.`;
  throw new ActionError('not-deployed', message, {
    hint: `Keep the name of the port in \`patches\`: clients connect to the port ${clientPortName}.`,
  });
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

/** As `clientPortOf`, but returns undefined when there is none. */
export function findClientPort({ spec }: Pick<Service, 'spec'>): ServicePort | undefined {
  return spec.ports?.find(({ name }) => name === clientPortName);
}

/**
 * Returns how clients reach a patched or live Service, which takes precedence over the inputs of a step.
 * @param given the exposure by the inputs, for what a Service does not contain.
 */
export function exposureOf(service: Service, given: Exposure): Exposure {
  const { spec } = service;
  const { annotations = {} } = service.metadata;
  const balanced = annotations[serviceAnnotations.internal] === 'true' ? 'internal' : 'public';
  const other = spec.type === 'NodePort' ? 'node-port' : 'cluster-ip';
  return {
    ...given,
    serviceType: spec.type === types.public ? balanced : other,
    clientPort: findClientPort(service)?.port ?? given.clientPort,
    sourceRanges: spec.loadBalancerSourceRanges ?? [],
    dnsLabel: annotations[serviceAnnotations.dnsLabel] ?? '',
    publicUrl: webAddressOf(annotations[serviceAnnotations.publicUrl] ?? ''),
  };
}

/** An annotation is a text that others may have written: only an address is used as one. */
function webAddressOf(text: string): string {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : '';
}
