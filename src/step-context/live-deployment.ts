import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { StatefulSet } from '../kubernetes/types.js';
import { liveClusterOf } from '../migratorydata/live-options.js';
import { clientPortOf } from '../migratorydata/manifests/client-service.js';
import { names } from '../migratorydata/object-names.js';
import type { Deployment, Exposure } from '../migratorydata/spec.js';

/** @throws ActionError `not-deployed`. */
export async function readStatefulSet(api: KubernetesApi, namespace: string): Promise<StatefulSet> {
  const statefulSet = await api.find(
    'StatefulSet',
    { namespace, name: names.statefulSet },
    'read the live StatefulSet',
  );
  if (statefulSet !== undefined) return statefulSet;
  throw new ActionError('not-deployed', `Namespace ${namespace} has no StatefulSet ${names.statefulSet}.`);
}

/**
 * Returns the deployment with the member list and the seeds of the running members: these count, regardless of the
 * inputs of this step.
 * @throws ActionError `not-deployed`.
 */
export async function withLiveMembership(api: KubernetesApi, deployment: Deployment): Promise<Deployment> {
  return applyLiveMembership(deployment, await readStatefulSet(api, deployment.namespace));
}

/** As `withLiveMembership`, for a StatefulSet that was already read. */
export function applyLiveMembership(deployment: Deployment, statefulSet: StatefulSet): Deployment {
  const live = liveClusterOf(statefulSet);
  if (live === undefined) return deployment;
  const { seedMembers, maxReplicas } = live;
  return { ...deployment, seedMembers, maxReplicas };
}

const serviceTypes: Readonly<Partial<Record<string, Exposure['serviceType']>>> = {
  NodePort: 'node-port',
  ClusterIP: 'cluster-ip',
};

/**
 * Returns the deployment with the type and the port of the live client Service, which clients use.
 * @throws ActionError `not-deployed`.
 */
export async function withLiveExposure(api: KubernetesApi, deployment: Deployment): Promise<Deployment> {
  const { namespace, exposure } = deployment;
  const key = { namespace, name: names.clientService };
  const service = await api.get('Service', key, 'read the client Service');
  const balanced = exposure.serviceType === 'internal' ? 'internal' : 'public';
  const serviceType = serviceTypes[service.spec.type ?? 'ClusterIP'] ?? balanced;
  const clientPort = clientPortOf(service).port;
  return { ...deployment, exposure: { ...exposure, serviceType, clientPort } };
}
