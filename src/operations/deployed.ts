import { ActionError } from '../errors/action-error.js';
import type { Deployment } from '../inputs/request.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { StatefulSet } from '../kubernetes/types.js';
import { liveClusterOf } from '../migratorydata/live-options.js';
import { names } from '../migratorydata/names.js';

/** @throws ActionError `not-deployed`. */
export async function readStatefulSet(api: KubernetesApi, namespace: string): Promise<StatefulSet> {
  const statefulSet = await api.find('StatefulSet', { namespace, name: names.statefulSet }, 'see what is deployed');
  if (statefulSet !== undefined) return statefulSet;
  throw new ActionError('not-deployed', `Namespace ${namespace} has no StatefulSet ${names.statefulSet}.`);
}

/**
 * The deployment with the member list and the seeds that the running members were started with: these decide, whatever
 * the inputs of this step say. @throws ActionError `not-deployed`.
 */
export async function asDeployed(api: KubernetesApi, deployment: Deployment): Promise<Deployment> {
  const live = liveClusterOf(await readStatefulSet(api, deployment.namespace));
  if (live === undefined) return deployment;
  const { seedMembers, maxReplicas } = live;
  return { ...deployment, seedMembers, maxReplicas };
}
