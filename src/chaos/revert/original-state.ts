import type { Machine, PoolBounds } from '../machines-port.js';

/** A machine that an experiment changes, and its node. */
export interface MachineEntry {
  readonly node: string;
  readonly uid: string;
  readonly machine: Machine;
}

/**
 * The original state of everything that an experiment may change. To revert to it is idempotent, whatever was changed.
 */
export interface OriginalState {
  /** Nodes that the experiment cordons, without those that were cordoned before. */
  readonly cordons: readonly string[];
  /** Machines that it stops. */
  readonly machines: readonly MachineEntry[];
  /** Machines whose kubelet it stops. */
  readonly kubelets: readonly MachineEntry[];
  /** Nodes whose machine it deletes. Azure may have accepted the deletion without having finished it. */
  readonly deletions: readonly { readonly node: string; readonly uid: string }[];
  /** The number of members before, and the one that the experiment sets; undefined when it cannot be restored. */
  readonly replicas: { readonly from: number; readonly set: number } | undefined;
  /** The autoscaled pool that loses a node, with its former nodes in service and bounds. */
  readonly pool: { readonly name: string; readonly nodes: number; readonly bounds: PoolBounds } | undefined;
}

export const nothingToRevert: OriginalState = {
  cordons: [],
  machines: [],
  kubelets: [],
  deletions: [],
  replicas: undefined,
  pool: undefined,
};
