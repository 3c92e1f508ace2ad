import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { listPages } from '../kubernetes/api/pages.js';
import type { Node, Service } from '../kubernetes/api/types.js';
import { addressesOfNode, servesNodePorts } from '../kubernetes/nodes.js';
import { isReady, membersAmong } from '../kubernetes/pods.js';
import { type DeploymentKey, membersOf } from '../migratorydata/object-names.js';
import { readStatefulSet } from './live-deployment.js';

/**
 * Returns nodes that can serve the node port of the client Service. With `externalTrafficPolicy: Local`, these are the
 * nodes with a Ready member, because kube-proxy drops connections on all others; else any page of nodes will do.
 * @throws ActionError `nodes-not-ready` when there is none; `not-deployed`.
 */
export async function findServingNodes(
  api: KubernetesApi,
  deployment: DeploymentKey,
  service: Service,
): Promise<readonly Node[]> {
  const serves = (node: Node): boolean => servesNodePorts(node) && addressesOfNode(node).length > 0;
  const isLocal = service.spec.externalTrafficPolicy === 'Local';
  for await (const page of isLocal
    ? nodesWithMembers(api, deployment)
    : listPages(api, 'Node', {}, 'find a node that serves the node port')) {
    const nodes = page.filter(serves);
    if (nodes.length > 0) return nodes;
  }
  const needed = isLocal ? ', and, with externalTrafficPolicy Local, a Ready member' : '';
  throw new ActionError(
    'nodes-not-ready',
    `No node can serve a node port: that needs a Ready node with an address and a kube-proxy, so not a virtual one${needed}.`,
  );
}

async function* nodesWithMembers(api: KubernetesApi, deployment: DeploymentKey): AsyncGenerator<readonly Node[]> {
  const { namespace, labels } = membersOf(deployment);
  const [statefulSet, { items }] = await Promise.all([
    readStatefulSet(api, deployment),
    api.list('Pod', { namespace, labels }, 'find the nodes with Ready members'),
  ]);
  const ready = membersAmong(items, statefulSet).filter(isReady);
  const names = [...new Set(ready.flatMap(({ spec }) => spec.nodeName ?? []))].sort();
  const nodes = await Promise.all(names.map(name => api.find('Node', { name }, `read node ${name}`)));
  yield nodes.filter(node => node !== undefined);
}
