import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { StatefulSet } from '../kubernetes/types.js';
import { liveClusterOf } from '../migratorydata/live-options.js';
import { names } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';

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
