import type { Machine, PoolBounds } from '../machines-port.js';

/** A machine that an experiment changes, and the node that it was found behind. */
export interface MachineEntry {
  readonly node: string;
  readonly uid: string;
  readonly machine: Machine;
}

/** All that an experiment may have to undo: the state as it was found. Undoing is idempotent, whatever was done. */
export interface OriginalState {
  /** Nodes that the experiment cordons; those that were found cordoned are not among them. */
  readonly cordons: readonly string[];
  /** Machines that it stops. */
  readonly machines: readonly MachineEntry[];
  /** Machines whose kubelet it stops. */
  readonly kubelets: readonly MachineEntry[];
  /** Nodes whose machine it deletes: Azure may have accepted that, and not done it yet. */
  readonly deletions: readonly { readonly node: string; readonly uid: string }[];
  /** The number of members, where it changes that; undefined: it does not. */
  readonly replicas: number | undefined;
  /** The autoscaled pool that it takes a node from, with the nodes in service and the bounds it had. */
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
