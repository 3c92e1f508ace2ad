import type { StatefulSet } from '../../kubernetes/types.js';
import { clientPort, clusterPortName, clusterPorts, names } from '../object-names.js';
import type { SecretNames } from '../secret-plan.js';
import { type SecretOptionName, secretOptions } from '../server-options.js';
import { type Deployment, isMovingImage, readMemoryBytes } from '../spec.js';
import { renderEnvironment } from './container-environment.js';
import type { Container, ProbeManifest } from './shapes.js';

/**
 * Seconds between the moment a pod is asked to end and the moment the server is told. A load balancer needs two failed
 * probes, 5 seconds apart, to stop sending new clients; the members' endpoints are withdrawn within the same time.
 */
const drainSeconds = 15;

const mebibyte = 2 ** 20;

/**
 * The server. Its start script replaces the shell, so that no shell stands between it and the signal to end. The shell
 * neither computes nor prints anything: a trace of it would put the license key, the password and the token into the log.
 */
export function renderContainer(deployment: Deployment, secretNames: SecretNames): Container {
  const { image, cpuRequest, memoryRequest } = deployment;
  const listening = { tcpSocket: { port: clientPort }, periodSeconds: 5 } as const satisfies ProbeManifest;
  return {
    name: names.container,
    image,
    // A pinned version that a node has is used even while the registry cannot be reached.
    imagePullPolicy: isMovingImage(image) ? 'Always' : 'IfNotPresent',
    env: renderEnvironment(deployment, secretNames),
    command: ['bash', '-c', 'exec ./start-migratorydata.sh'],
    ports: [
      { name: 'client-port', containerPort: clientPort },
      ...clusterPorts.map((containerPort, index) => ({ name: clusterPortName(index), containerPort })),
    ],
    resources: {
      requests: { cpu: cpuRequest, memory: memoryRequest },
      limits: { memory: memoryLimit(deployment) },
    },
    // Up to 150 seconds for the start of the JVM on a busy node; the other probes only begin after it.
    startupProbe: { ...listening, failureThreshold: 30 },
    readinessProbe: { ...listening, initialDelaySeconds: 10 },
    // Slower than readiness: a member that is busy should lose its traffic before it loses its life.
    livenessProbe: { ...listening, initialDelaySeconds: 10, failureThreshold: 6 },
    lifecycle: { preStop: { exec: { command: ['sleep', String(drainSeconds)] } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** The container of a StatefulSet that runs the server; undefined when it has none of that name. */
export function serverContainer({ spec }: Pick<StatefulSet, 'spec'>): Partial<Container> | undefined {
  const containers = (spec.template.spec['containers'] ?? []) as readonly Partial<Container>[];
  return containers.find(({ name }) => name === names.container);
}

/** The Secret and the key in it that a secret parameter of the members comes from; undefined when they have none. */
export function secretReference(
  statefulSet: Pick<StatefulSet, 'spec'>,
  option: SecretOptionName,
): { readonly name: string; readonly key: string } | undefined {
  const { variable } = secretOptions[option];
  return serverContainer(statefulSet)?.env?.find(({ name }) => name === variable)?.valueFrom?.secretKeyRef;
}

/**
 * Twice the memory asked for, or half more than what the server may use for itself, whichever is more: a member that
 * goes wrong must not take its node with it, and an ordinary peak of the JVM must not end the member.
 */
function memoryLimit({ memory, memoryRequest }: Pick<Deployment, 'memory' | 'memoryRequest'>): string {
  const [request = 0, heap = 0] = [memoryRequest, memory].map(readMemoryBytes);
  return `${Math.ceil(Math.max(2 * request, 1.5 * heap) / mebibyte)}Mi`;
}
