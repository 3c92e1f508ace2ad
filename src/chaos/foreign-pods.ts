import type { Node, Pod, StatefulSet } from '../kubernetes/api/types.js';
import { otherPodsOn, podName } from '../kubernetes/drain-others.js';
import type { ExperimentContext } from './experiment-context.js';

/**
 * Returns the pods that a loss of the node would end without warning although neither this deployment nor the cluster
 * runs them, as `namespace/name`. None if `drain-scope` all accepts that, or if this repository created the cluster.
 */
export async function foreignPodsOn(
  { api, chaos, ownsCluster }: ExperimentContext,
  node: string,
  statefulSet: StatefulSet,
): Promise<readonly string[]> {
  if (chaos.drainScope === 'all' || (await ownsCluster())) return [];
  const others = await otherPodsOn(api, node, statefulSet);
  return others.filter(pod => !isOfCluster(pod)).map(podName);
}

/** Returns the pods of others on each of these nodes, as `foreignPodsOn` does. */
export async function foreignPodsOf(
  context: ExperimentContext,
  nodes: readonly Node[],
  statefulSet: StatefulSet,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = nodes.map(({ metadata }) => metadata.name);
  return new Map(
    await Promise.all(names.map(async name => [name, await foreignPodsOn(context, name, statefulSet)] as const)),
  );
}

/**
 * Returns whether the cluster itself runs the pod, such as CoreDNS: it belongs to it as its nodes do, and many nodes have
 * one. "You typically don't deploy your own applications into this namespace" (kube-system, in "Core Kubernetes concepts
 * for AKS"); elsewhere, the pods of add-ons have the label.
 */
function isOfCluster({ metadata: { namespace, labels = {} } }: Pod): boolean {
  return namespace === 'kube-system' || labels['kubernetes.azure.com/managedby'] === 'aks';
}

/** Says why a node with pods of others is refused, and what can be done; undefined without such pods. */
export function foreignPodsRefusal(pods: readonly string[]): string | undefined {
  if (pods.length === 0) return undefined;
  const [named, more] = [pods.slice(0, 5), pods.length - 5];
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `it runs pods that are not of this deployment, in a cluster that this repository did not create (${list}); set drain-scope to all if they may fail as well, or give the members a node pool of their own`;
}
