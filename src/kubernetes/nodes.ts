import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api.js';
import { found, missing, observe } from './observer.js';
import { conditionOf } from './pods.js';
import type { Node } from './types.js';

/** Whether the node's kubelet reports it Ready; see "Node conditions" in the Kubernetes documentation. */
export function isNodeReady(node: Node): boolean {
  return conditionOf(node.status, 'Ready')?.status === 'True';
}

/**
 * Taints that say a node is not in service yet, or not again; see "Taints and Tolerations" in the Kubernetes
 * documentation. The controllers take them off about a second after the kubelet has reported the node Ready.
 */
const startTaints = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.cloudprovider.kubernetes.io/uninitialized',
];

/** The taint that keeps pods off a node until its controllers know it, written as kubectl does; undefined: none. */
function startTaintOf({ spec }: Node): string | undefined {
  const taint = spec.taints?.find(({ key }) => startTaints.includes(key));
  return taint && `${taint.key}:${taint.effect}`;
}

/** Whether the node is Ready and the scheduler may know it, too. */
export function isInService(node: Node): boolean {
  return isNodeReady(node) && startTaintOf(node) === undefined;
}

/** Whether the node with a UID, as it is now, is in service or gone for good; another one of its name is no concern. */
export function isBackOrGone(now: Node | undefined, uid: string): boolean {
  return now?.metadata.uid !== uid || isInService(now);
}

/** Whether new pods can come to the node. */
export function isSchedulable(node: Node): boolean {
  return isInService(node) && node.spec.unschedulable !== true;
}

/** Conditions that mean trouble while they are true. */
const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** Why a node is not Ready, in its own words. */
export function describeNode(node: Node): string {
  const { name } = node.metadata;
  if (isNodeReady(node)) {
    const taint = startTaintOf(node);
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
 * Waits until at least `count` nodes are Ready and open to pods, and gives these.
 * @throws ActionError `nodes-not-ready`, naming the others and why.
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

/** An address under which clients reach a node's ports: an external one where it has one, else the internal one. */
export function nodeAddress(node: Node): string | undefined {
  const addresses = node.status.addresses ?? [];
  const wanted = ['ExternalIP', 'InternalIP'].map(type => addresses.find(address => address.type === type));
  return wanted.find(address => address !== undefined)?.address;
}

/** The addresses of the Ready nodes, but for those of the named one: it is about to be disturbed. */
export function readyAddresses(nodes: readonly Node[], except = ''): readonly string[] {
  return nodes
    .filter(node => isNodeReady(node) && node.metadata.name !== except)
    .map(nodeAddress)
    .filter(address => address !== undefined);
}
