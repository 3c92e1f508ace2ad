import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { KubernetesObject, Namespace, Secret, StatefulSet } from '../kubernetes/types.js';
import { isOurs, memberLabels, names, repositoryKey } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';

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
  { namespace: name }: Pick<Deployment, 'namespace'>,
  repository: string,
): Promise<ExistingDeployment> {
  const [namespace, statefulSet, { items: statefulSets }, others, { items: secrets }] = await Promise.all([
    api.find('Namespace', { name }, `check whether namespace ${name} exists`),
    // The items of a list have no kind, so that one could not be compared with what an apply returns.
    api.find('StatefulSet', { namespace: name, name: names.statefulSet }, 'read the live StatefulSet'),
    api.list('StatefulSet', { namespace: name }, 'check for other deployments'),
    findOthers(api, name),
    api.list('Secret', { namespace: name }, 'list the Secrets'),
  ]);
  if (namespace?.status?.phase === 'Terminating') {
    throw new ActionError('namespace-terminating', `Namespace ${name} is being deleted.`);
  }
  refuseOthers(name, repository, statefulSets, others);
  return { namespace, statefulSet, others, secrets };
}

async function findOthers(api: KubernetesApi, namespace: string): Promise<ReadonlyMap<string, KubernetesObject>> {
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
  namespace: string,
  repository: string,
  statefulSets: readonly StatefulSet[],
  others: ReadonlyMap<string, KubernetesObject>,
): void {
  const problems = [
    ...statefulSets.flatMap(statefulSet => explainOther(statefulSet, namespace, repository) ?? []),
    ...[...others].flatMap(([what, object]) => (isOurs(object) ? [] : [`${what} was not created by this action`])),
  ];
  if (problems.length === 0) return;
  const message = `Namespace ${namespace} contains another deployment, which is not changed: ${problems.join('; ')}.`;
  throw new ActionError('deployment-not-ours', message);
}

/** Returns why a StatefulSet belongs to another deployment; undefined if it does not, or if it does not matter. */
function explainOther(statefulSet: StatefulSet, namespace: string, repository: string): string | undefined {
  const { name, annotations } = statefulSet.metadata;
  const what = `StatefulSet ${name}`;
  if (name !== names.statefulSet) {
    const { app } = statefulSet.spec.template.metadata?.labels ?? {};
    return app === memberLabels.app
      ? `the pods of ${what} have the label app=${app}, by which the Services select the members`
      : undefined;
  }
  if (!isOurs(statefulSet)) return `${what} was not created by this action`;
  const owner = annotations?.[repositoryKey] ?? repository;
  if (owner === repository) return undefined;
  return (
    `${what} is of repository ${owner}; to take it over, run ` +
    `kubectl annotate -n ${namespace} statefulset/${name} ${repositoryKey}=${repository} --overwrite`
  );
}
