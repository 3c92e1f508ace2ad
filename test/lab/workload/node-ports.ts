import type { Socket } from 'node:net';
import { reasonOf } from '../../../src/runtime/thrown.js';
import type { ClusterView } from './cluster-view.js';
import { carry } from './flow.js';
import { internalAddress } from './kubelet.js';
import { createPortListeners } from './port-listeners.js';
import { routeThroughNode, type RoutingContext } from './routing.js';

export interface NodePorts {
  /** Returns why a node port cannot be opened, such as another process that listens on it on all addresses. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/**
 * The node ports of kube-proxy: every nodePort of a Service on the InternalIP of every node, except virtual nodes, which
 * run no pods of DaemonSets. Nodes with the same address share the listener, and the first of them responds.
 */
export function runNodePorts(context: RoutingContext & { readonly view: ClusterView }): NodePorts {
  const { view, nodeIsAlive } = context;
  const listeners = createPortListeners();
  let problem: string | undefined;

  const wanted = (): Map<string, (client: Socket) => void> => {
    const accepts = new Map<string, (client: Socket) => void>();
    for (const node of view.nodes()) {
      const address = internalAddress(node);
      if (address === undefined || node.metadata.labels?.['type'] === 'virtual-kubelet') continue;
      for (const service of view.services()) {
        for (const port of service.spec.ports ?? []) {
          const key = `${address}:${port.nodePort ?? 0}`;
          if (!port.nodePort || accepts.has(key)) continue;
          accepts.set(key, client => {
            carry(client, routeThroughNode(service, port, node.metadata.name, context), { nodeIsAlive });
          });
        }
      }
    }
    return accepts;
  };
  const reconcile = (): void => {
    listeners.set(wanted()).then(
      () => {
        problem = undefined;
      },
      (error: unknown) => {
        problem = reasonOf(error);
      },
    );
  };
  view.onChange(reconcile);
  reconcile();
  return { problem: () => problem, stop: () => listeners.stop() };
}
