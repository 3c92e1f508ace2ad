import { ActionError, hasCode } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Service, StatefulSet } from '../kubernetes/api/types.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { liveMinReplicasOf } from '../migratorydata/live-budget.js';
import { differencesOf } from '../migratorydata/live-facts.js';
import { liveClusterOf, liveTlsSecretOf } from '../migratorydata/live-options.js';
import { exposureOf } from '../migratorydata/manifests/client-service.js';
import { type DeploymentKey, deploymentNames } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { Context } from './context.js';

/** @throws ActionError `not-deployed`. */
export async function readStatefulSet(api: KubernetesApi, { namespace, name }: DeploymentKey): Promise<StatefulSet> {
  const key = { namespace, name: deploymentNames(name).statefulSet };
  const statefulSet = await api.find('StatefulSet', key, 'read the live StatefulSet');
  if (statefulSet !== undefined) return statefulSet;
  throw new ActionError('not-deployed', `Namespace ${namespace} has no StatefulSet ${key.name}.`);
}

/** The live deployment. */
export interface LiveDeployment {
  readonly statefulSet: StatefulSet;
  /** The client Service; undefined if it does not exist. */
  readonly service: Service | undefined;
  /** The deployment of the request, with what the cluster knows in place of the inputs. */
  readonly deployment: Deployment;
}

/**
 * Reads what the cluster knows of the deployment: members, REST, exposure and the least number of members. A later step
 * need not say these again; what it says must be so.
 * @param own inputs that the operation sets itself, so that they may differ
 * @throws ActionError `not-deployed`, `deployment-differs` with every input that was given and differs.
 */
export async function readLiveDeployment(
  api: KubernetesApi,
  deployment: Deployment,
  own: readonly string[] = [],
): Promise<LiveDeployment> {
  const statefulSet = await readStatefulSet(api, deployment);
  const found = await withLiveFacts(api, deployment, statefulSet);
  const differences = differencesOf(deployment, found.deployment, own);
  if (differences.length === 0) return found;
  const message = `Deployment ${deployment.name} in namespace ${deployment.namespace} differs from the inputs of this step: ${differences.join(', ')}.`;
  throw new ActionError('deployment-differs', message);
}

/** Warns of inputs that were given and differ from the live deployment, for operations that go on in any case. */
export async function warnOfDifferences(context: Context, api: KubernetesApi, deployment: Deployment): Promise<void> {
  if (deployment.given === undefined || deployment.given.length === 0) return;
  try {
    await api.unlessForbidden(readLiveDeployment(api, deployment), unseen.differences);
  } catch (error) {
    api.signal.throwIfAborted();
    if (hasCode(error, 'deployment-differs')) context.journal.warn(error.message);
  }
}

async function withLiveFacts(
  api: KubernetesApi,
  deployment: Deployment,
  statefulSet: StatefulSet,
): Promise<LiveDeployment> {
  const { namespace, exposure } = deployment;
  const { clientService, disruptionBudget } = deploymentNames(deployment.name);
  const [service, budget] = await Promise.all([
    api.find('Service', { namespace, name: clientService }, 'read the client Service'),
    api.find('PodDisruptionBudget', { namespace, name: disruptionBudget }, 'read the disruption budget'),
  ]);
  // A step may be told to send no message, whatever the deployment accepts.
  const isSilent = deployment.given?.includes('rest') === true && !deployment.rest;
  const live = {
    ...deployment,
    ...liveClusterOf(statefulSet),
    ...(isSilent && { rest: false }),
    ...liveMinReplicasOf(budget),
    exposure: {
      ...(service === undefined ? exposure : exposureOf(service, exposure)),
      tlsSecret: liveTlsSecretOf(statefulSet),
    },
  };
  return { statefulSet, service, deployment: live };
}
