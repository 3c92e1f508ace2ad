import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { isSelectedBy } from '../kubernetes/api/label-selector.js';
import type { KubernetesObject, Namespace, Secret, StatefulSet } from '../kubernetes/api/types.js';
import {
  type DeploymentKey,
  deploymentLabels,
  deploymentNames,
  isOurs,
  memberLabels,
  repositoryKey,
} from '../migratorydata/object-names.js';

/** What the namespace of a deployment contains before it is deployed. */
export interface ExistingDeployment {
  readonly namespace: Namespace | undefined;
  readonly statefulSet: StatefulSet | undefined;
  /** The Services and the disruption budget that exist, by kind and name, such as `Service migratorydata-cs`. */
  readonly others: ReadonlyMap<string, KubernetesObject>;
  /** All Secrets of the namespace. */
  readonly secrets: readonly Secret[];
}

/**
 * Reads what a deployment would change, and refuses to take over what is not its own: objects without our label, the
 * deployment of another repository, and a StatefulSet whose pods our Services would select.
 * @throws ActionError `deployment-not-ours` with all that is found, `namespace-terminating`.
 */
export async function readExisting(
  api: KubernetesApi,
  deployment: DeploymentKey,
  repository: string,
): Promise<ExistingDeployment> {
  const { namespace: name } = deployment;
  const [namespace, statefulSet, { items: statefulSets }, others, { items: secrets }] = await Promise.all([
    api.find('Namespace', { name }, `check whether namespace ${name} exists`),
    // The items of a list have no kind, so that one could not be compared with what an apply returns.
    api.find(
      'StatefulSet',
      { namespace: name, name: deploymentNames(deployment.name).statefulSet },
      'read the live StatefulSet',
    ),
    api.list('StatefulSet', { namespace: name }, 'check for other deployments'),
    findOthers(api, deployment),
    api.list('Secret', { namespace: name }, 'list the Secrets'),
  ]);
  if (namespace?.status?.phase === 'Terminating') {
    throw new ActionError('namespace-terminating', `Namespace ${name} is being deleted.`);
  }
  refuseOthers(deployment, repository, statefulSets, others);
  return { namespace, statefulSet, others, secrets };
}

async function findOthers(
  api: KubernetesApi,
  deployment: DeploymentKey,
): Promise<ReadonlyMap<string, KubernetesObject>> {
  const { namespace } = deployment;
  const names = deploymentNames(deployment.name);
  const others = [
    ['Service', names.clientService],
    ['Service', names.headlessService],
    ['PodDisruptionBudget', names.disruptionBudget],
  ] as const;
  const found = await Promise.all(
    others.map(async ([kind, name]) => {
      const object = await api.find(kind, { namespace, name }, `check whether ${kind} ${name} exists`);
      return object === undefined ? [] : [[`${kind} ${name}`, object] as const];
    }),
  );
  return new Map(found.flat());
}

function refuseOthers(
  deployment: DeploymentKey,
  repository: string,
  statefulSets: readonly StatefulSet[],
  others: ReadonlyMap<string, KubernetesObject>,
): void {
  const problems = [
    ...statefulSets.flatMap(statefulSet => explainOther(statefulSet, deployment, repository) ?? []),
    ...[...others].flatMap(([what, object]) => (isOurs(object) ? [] : [`${what} was not created by this action`])),
  ];
  if (problems.length === 0) return;
  const message = `Namespace ${deployment.namespace} contains another deployment, which is not changed: ${problems.join('; ')}.`;
  throw new ActionError('deployment-not-ours', message);
}

/** Returns why a StatefulSet belongs to another deployment; undefined if it does not, or if it does not matter. */
function explainOther(statefulSet: StatefulSet, deployment: DeploymentKey, repository: string): string | undefined {
  const { name, annotations } = statefulSet.metadata;
  const what = `StatefulSet ${name}`;
  if (name !== deploymentNames(deployment.name).statefulSet) return explainOverlap(statefulSet, deployment.name);
  if (!isOurs(statefulSet)) return `${what} was not created by this action`;
  const owner = annotations?.[repositoryKey] ?? repository;
  if (owner === repository) return undefined;
  return (
    `${what} is of repository ${owner}; to take it over, run ` +
    `kubectl annotate -n ${deployment.namespace} statefulset/${name} ${repositoryKey}=${repository} --overwrite`
  );
}

/** Says how the labels of another StatefulSet overlap with those of a deployment; undefined if they do not. */
function explainOverlap({ metadata, spec }: StatefulSet, name: string): string | undefined {
  const what = `StatefulSet ${metadata.name}`;
  if (isSelectedBy({ matchLabels: memberLabels(name) }, spec.template.metadata?.labels)) {
    return `the pods of ${what} have the labels by which the Services of deployment ${name} select the members`;
  }
  // Its Services and its disruption budget select by the same labels.
  return isSelectedBy(spec.selector, deploymentLabels(name))
    ? `${what} selects its pods by labels that the members of deployment ${name} have, too`
    : undefined;
}
