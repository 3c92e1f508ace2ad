import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Namespace } from '../kubernetes/api/types.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { found, missing, observe, type Observer } from '../kubernetes/informer/observer.js';
import { describePod, isHeld } from '../kubernetes/pods.js';
import {
  type DeploymentKey,
  deploymentNames,
  isOurs,
  memberLabels,
  ownershipLabels,
  productLabels,
  selectorOf,
} from '../migratorydata/object-names.js';
import type { Context } from './context.js';
import { removeResources } from './resources.js';

/** What was deleted: the namespace, or only the deployment, because the namespace contains others. */
export type Deletion =
  | { readonly kind: 'namespace' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'deployment'; readonly others: readonly string[] };

/** Runs the deletion, or refuses it. It is called only if the namespace exists and is ours. */
export type DeletionFrame = (run: (api: KubernetesApi) => Promise<Deletion>) => Promise<Deletion>;

/**
 * Deletes the namespace of a deployment with its contents if it carries our label; other namespaces are not changed. If it
 * contains other deployments of this project, only the objects of this one are deleted.
 * @throws the error of `frame`.
 */
export async function deleteDeployment(
  context: Context,
  api: KubernetesApi,
  deployment: DeploymentKey,
  frame: DeletionFrame = run => run(api),
): Promise<Deletion> {
  const { namespace: name } = deployment;
  const namespace = await api.find('Namespace', { name }, `check who owns namespace ${name}`);
  if (namespace === undefined) return { kind: 'absent' };
  if (!isOurs(namespace)) return { kind: 'not-ours' };
  if (namespace.status?.phase === 'Terminating') return { kind: 'namespace' };
  return frame(async bound => {
    const others = await findOtherDeployments(bound, deployment);
    if (others.length > 0) {
      await removeObjects(context, bound, deployment);
      return { kind: 'deployment', others };
    }
    const { uid } = namespace.metadata;
    await bound.remove('Namespace', { name }, `delete namespace ${name}`, { uid });
    return { kind: 'namespace' };
  });
}

/** Returns the names of the other deployments of this project in a namespace. */
async function findOtherDeployments(
  api: KubernetesApi,
  { namespace, name }: DeploymentKey,
): Promise<readonly string[]> {
  const labels = selectorOf({ ...productLabels, ...ownershipLabels });
  const { items } = await api.list('StatefulSet', { namespace, labels }, 'check for other deployments');
  const { statefulSet } = deploymentNames(name);
  return items
    .filter(({ metadata }) => metadata.name !== statefulSet && metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
}

/** What a deployment consists of, in the order of its deletion: nothing scales members that are deleted, and what they use is deleted after them. */
export const deletedKinds = [
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'PodDisruptionBudget',
  'Service',
  'Secret',
  'ConfigMap',
] as const;

function labelsOfObjects(name: string): string {
  return selectorOf({ ...memberLabels(name), ...ownershipLabels });
}

async function removeObjects(context: Context, api: KubernetesApi, deployment: DeploymentKey): Promise<void> {
  const { namespace, name } = deployment;
  for (const kind of deletedKinds) {
    // Their list is one of the ConfigMaps.
    if (kind === 'ConfigMap') await removeResources(context, api, deployment);
    const selection = { namespace, labels: labelsOfObjects(name) };
    const { items } = await api.list(kind, selection, `find each ${kind} of deployment ${name}`);
    for (const { metadata } of items) {
      const { name: object, uid } = metadata;
      await api.remove(kind, { namespace, name: object }, `delete ${kind} ${object}`, { uid });
    }
  }
}

interface DeletionWait {
  readonly timeoutMs: number;
  /** Gets what Kubernetes waits for, when it changes. */
  readonly progress: (waiting: string) => void;
}

/**
 * Waits until a namespace is deleted: its load balancer is deleted with it, and Azure bills that until then.
 * @throws ActionError `delete-incomplete` with what Kubernetes still waits for.
 */
export async function waitUntilNamespaceGone(api: KubernetesApi, name: string, wait: DeletionWait): Promise<void> {
  const observer = observe(api, [{ kind: 'Namespace', fields: `metadata.name=${name}` }]);
  const remaining = (): string | undefined => {
    const namespace = observer.observation.find('Namespace', name);
    return namespace && describeRemaining(namespace);
  };
  await waitUntilGone(`Namespace ${name}`, observer, remaining, wait, () => describeHeldPods(api, name));
}

/**
 * Waits until the members of a deleted deployment and its Services are gone, in a namespace that stays.
 * @throws ActionError `delete-incomplete` with what is left.
 */
export async function waitUntilDeploymentGone(
  api: KubernetesApi,
  { namespace, name }: DeploymentKey,
  wait: DeletionWait,
): Promise<void> {
  const observer = observe(api, [
    { kind: 'Pod', namespace, labels: selectorOf(memberLabels(name)) },
    { kind: 'Service', namespace, labels: labelsOfObjects(name) },
  ]);
  const remaining = (): string | undefined => {
    const { observation } = observer;
    const left = [
      ...observation.all('Pod').map(describePod),
      ...observation.all('Service').map(({ metadata }) => `Service ${metadata.name} is being deleted`),
    ];
    return left.length === 0 ? undefined : left.join('; ');
  };
  await waitUntilGone(`Deployment ${name}`, observer, remaining, wait, () => Promise.resolve(''));
}

async function waitUntilGone(
  what: string,
  observer: Observer,
  remaining: () => string | undefined,
  { timeoutMs, progress }: DeletionWait,
  explain: () => Promise<string>,
): Promise<void> {
  try {
    await observer.until(
      () => {
        const left = remaining();
        return left === undefined ? found(undefined) : missing(left);
      },
      {
        timeoutMs,
        progress,
        onTimeout: async last => {
          const seconds = Math.round(timeoutMs / 1000);
          const message = `${what} is still being deleted after ${seconds} s: ${(await explain()) || last}.`;
          return new ActionError('delete-incomplete', message);
        },
      },
    );
  } finally {
    observer.close();
  }
}

/** While pods are left, which it deletes first, the namespace controller of Kubernetes 1.33 and newer reports nothing. */
async function describeHeldPods(api: KubernetesApi, namespace: string): Promise<string> {
  const listing = api.list('Pod', { namespace }, `find what keeps namespace ${namespace}`);
  const pods = (await api.unlessForbidden(listing, unseen.heldPods))?.items ?? [];
  return pods.filter(isHeld).map(describePod).join('; ');
}

/**
 * The namespace controller reports in conditions what delays the deletion. See "Namespace deletion" in the Kubernetes
 * documentation.
 */
function describeRemaining({ status }: Namespace): string {
  const reasons = status?.conditions
    ?.filter(({ status: state }) => state === 'True')
    .map(({ message }) => message ?? '');
  return reasons?.filter(text => text !== '').join('; ') || 'its objects are being deleted';
}
