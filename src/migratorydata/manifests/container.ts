import type { StatefulSet } from '../../kubernetes/api/types.js';
import {
  clientPort,
  clientPortName,
  clusterPortName,
  clusterPorts,
  containerName,
  tlsPort,
  tlsPortName,
} from '../object-names.js';
import type { SecretNames } from '../secret-plan.js';
import { type SecretOptionName, secretOptions } from '../server-options.js';
import { type Deployment, isMovingImage, readMemoryBytes } from '../spec.js';
import { renderEnvironment } from './container-environment.js';
import type { Container, ProbeManifest } from './shapes.js';
import { renderTlsMount } from './tls-volume.js';

/**
 * Seconds between the termination of a pod and the signal to the server. A load balancer needs two failed probes, 5
 * seconds apart, to stop sending new clients; the endpoints of the member are removed within the same time.
 */
const drainSeconds = 15;

const mebibyte = 2 ** 20;

/**
 * Renders the container of the server. The start script replaces the shell, so that the server gets the termination
 * signal directly. The shell neither computes nor prints anything: a trace would write the license key, the password
 * and the token to the log.
 */
export function renderContainer(deployment: Deployment, secretNames: SecretNames): Container {
  const { image, cpuRequest, memoryRequest, exposure } = deployment;
  const isEncrypted = exposure.tlsSecret !== '';
  // A member that cannot read its keystore must not become Ready.
  const tcpProbe = {
    tcpSocket: { port: isEncrypted ? tlsPort : clientPort },
    periodSeconds: 5,
  } as const satisfies ProbeManifest;
  const liveness =
    deployment.liveness === 'tcp'
      ? { tcpSocket: tcpProbe.tcpSocket }
      : { httpGet: { path: '/', port: tcpProbe.tcpSocket.port, scheme: isEncrypted ? 'HTTPS' : 'HTTP' } as const };
  return {
    name: containerName,
    image,
    // A pinned version on the node can be used even if the registry is unreachable.
    imagePullPolicy: isMovingImage(image) ? 'Always' : 'IfNotPresent',
    env: renderEnvironment(deployment, secretNames),
    command: ['bash', '-c', 'exec ./start-migratorydata.sh'],
    ports: [
      { name: clientPortName, containerPort: clientPort },
      ...(isEncrypted ? [{ name: tlsPortName, containerPort: tlsPort }] : []),
      ...clusterPorts.map((containerPort, index) => ({ name: clusterPortName(index), containerPort })),
    ],
    resources: {
      requests: { cpu: cpuRequest, memory: memoryRequest },
      limits: { memory: memoryLimit(deployment) },
    },
    ...renderTlsMount(exposure),
    // Up to 150 seconds for the JVM to start on a busy node; the other probes start afterwards.
    startupProbe: { ...tcpProbe, failureThreshold: 30 },
    readinessProbe: { ...tcpProbe, initialDelaySeconds: 10 },
    // Slower than readiness: a busy member should lose its traffic before it is restarted.
    livenessProbe: { ...liveness, periodSeconds: 5, initialDelaySeconds: 10, failureThreshold: 6 },
    lifecycle: { preStop: { exec: { command: ['sleep', String(drainSeconds)] } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** Returns the container of the server in a StatefulSet; undefined when it is missing. */
export function serverContainer({ spec }: Pick<StatefulSet, 'spec'>): Partial<Container> | undefined {
  const containers = (spec.template.spec['containers'] ?? []) as readonly Partial<Container>[];
  return containers.find(({ name }) => name === containerName);
}

/** Returns the Secret and key of a secret parameter of the members; undefined when they have none. */
export function secretReference(
  statefulSet: Pick<StatefulSet, 'spec'>,
  option: SecretOptionName,
): { readonly name: string; readonly key: string } | undefined {
  const { variable } = secretOptions[option];
  return serverContainer(statefulSet)?.env?.find(({ name }) => name === variable)?.valueFrom?.secretKeyRef;
}

/**
 * Returns the memory limit: twice the request, or 1.5 times the memory of the server, whichever is more. A faulty
 * member must not exhaust its node, and a normal peak of the JVM must not terminate the member.
 */
function memoryLimit({ memory, memoryRequest }: Pick<Deployment, 'memory' | 'memoryRequest'>): string {
  const [request = 0, heap = 0] = [memoryRequest, memory].map(readMemoryBytes);
  return `${Math.ceil(Math.max(2 * request, 1.5 * heap) / mebibyte)}Mi`;
}
