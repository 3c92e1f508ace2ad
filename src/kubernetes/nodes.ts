import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api/api.js';
import type { Node, NodeAddress } from './api/types.js';
import { found, missing, observe } from './informer/observer.js';
import type { WatchTarget } from './informer/watch.js';
import { conditionOf } from './pods.js';

/** Returns whether the kubelet reports the node as Ready; see "Node conditions" in the Kubernetes documentation. */
export function isNodeReady(node: Node): boolean {
  return conditionOf(node.status, 'Ready')?.status === 'True';
}

/**
 * Taints of a node that is not yet, or no longer, in service; see "Taints and Tolerations" and "Non-graceful node
 * shutdown handling" in the Kubernetes documentation, and the Cluster Autoscaler FAQ. After a start, the controllers
 * remove the first ones about a second after the kubelet has reported the node as Ready.
 */
const outOfServiceTaints = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/network-unavailable',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.cloudprovider.kubernetes.io/shutdown',
  'node.kubernetes.io/out-of-service',
  'ToBeDeletedByClusterAutoscaler',
];

/** Returns the taint because of which a node is not in service, in the format of kubectl; undefined without one. */
function outOfServiceTaintOf({ spec }: Node): string | undefined {
  const taint = spec.taints?.find(({ key }) => outOfServiceTaints.includes(key));
  return taint && `${taint.key}:${taint.effect}`;
}

/** Returns whether the node is Ready, and no taint says that it is not in service. */
export function isInService(node: Node): boolean {
  return isNodeReady(node) && outOfServiceTaintOf(node) === undefined;
}

/**
 * Returns whether the node with this UID is in service or no longer exists; a new node with the same name does not
 * count.
 */
export function isBackOrGone(now: Node | undefined, uid: string): boolean {
  return now?.metadata.uid !== uid || isInService(now);
}

/** Returns whether the node takes no new pods. */
export function isCordoned({ spec }: Node): boolean {
  return spec.unschedulable === true;
}

/** Returns the watch target for one node. */
export function nodeNamed(name: string): WatchTarget<'Node'> {
  return { kind: 'Node', fields: `metadata.name=${name}` };
}

/** Conditions that indicate a problem while they are true. */
const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** Describes the state of a node, with the reason from its conditions if it is not Ready. */
export function describeNode(node: Node): string {
  const { name } = node.metadata;
  if (isNodeReady(node)) {
    const taint = outOfServiceTaintOf(node);
    return taint === undefined ? `${name} is Ready` : `${name} still has the taint ${taint}`;
  }
  const ready = conditionOf(node.status, 'Ready');
  const state =
    ready === undefined ? 'has no Ready condition yet' : `is ${ready.status === 'Unknown' ? 'lost' : 'not Ready'}`;
  const words = [ready?.reason, ready?.message].filter(text => text !== undefined && text !== '').join(': ');
  const others = pressures.filter(type => conditionOf(node.status, type)?.status === 'True');
  const details = [...(words === '' ? [] : [words]), ...others].join('; ');
  return `${name} ${state}${details === '' ? '' : ` (${details})`}`;
}

/**
 * Waits until at least `count` nodes are in service, and returns them.
 * @throws ActionError `nodes-not-ready` with the other nodes and their reasons.
 */
export async function waitForNodes(
  api: KubernetesApi,
  count: number,
  { timeoutMs, progress }: { readonly timeoutMs: number; readonly progress?: (waiting: string) => void },
): Promise<readonly Node[]> {
  const observer = observe(api, [{ kind: 'Node' }]);
  try {
    return await observer.until(
      observation => {
        const nodes = observation.all('Node');
        const ready = nodes.filter(isInService);
        if (ready.length >= count) return found(ready);
        const others = nodes.filter(node => !isInService(node)).map(describeNode);
        return missing([`${ready.length} of ${count} nodes are Ready`, ...others].join('; '));
      },
      {
        timeoutMs,
        onTimeout: last => {
          const seconds = Math.round(timeoutMs / 1000);
          return new ActionError('nodes-not-ready', `The nodes are not Ready after ${seconds} s: ${last}.`);
        },
        ...(progress ? { progress } : {}),
      },
    );
  } finally {
    observer.close();
  }
}

/**
 * Returns whether a node is virtual: its pods run elsewhere, and it has no kube-proxy. Virtual nodes of AKS have the label
 * or, since their second version, only the taint of Virtual Kubelet.
 */
function isVirtual({ metadata, spec }: Node): boolean {
  const tainted = spec.taints?.some(({ key }) => key.startsWith('virtual-kubelet.io/'));
  return metadata.labels?.['type'] === 'virtual-kubelet' || tainted === true;
}

/** Returns whether a node can serve node ports. A cordoned node does, too. */
export function servesNodePorts(node: Node): boolean {
  return isInService(node) && !isVirtual(node);
}

/** Returns the addresses at which clients may reach the ports of a node, external ones first; a dual-stack node has two. */
export function addressesOfNode({ status: { addresses = [] } }: Node): readonly NodeAddress[] {
  return ['ExternalIP', 'InternalIP'].flatMap(type => addresses.filter(address => address.type === type));
}
