import type { CommandStep } from '../runtime/command-line.js';

/** The machine behind a node: one instance of a scale set. */
export interface Machine {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  /** Decimal; never empty: without it az acts on the whole scale set. */
  readonly instanceId: string;
}

/** The bounds between which an autoscaler keeps a node pool. */
export interface PoolBounds {
  readonly minCount: number;
  readonly maxCount: number;
}

export interface NodePool {
  readonly name: string;
  readonly count: number;
  /** Undefined: the pool has a fixed size. */
  readonly bounds: PoolBounds | undefined;
  /** The bounds from before `raisePoolBounds`, as a tag of the pool keeps them; undefined: they were not raised. */
  readonly formerBounds: PoolBounds | undefined;
}

/**
 * The machines of a cluster, as Azure sees them. Every method throws ActionError: `unsupported-here` where a deny
 * assignment or a policy forbids it, `machine-foreign` for a machine outside of the cluster's own node resource group.
 */
export interface Machines {
  /** The instance of a scale set of this cluster whose node has this name; undefined: there is none any more. */
  findByNode(scaleSet: string, node: string): Promise<Machine | undefined>;
  /** Such as `running`, `stopped`, `deallocated`; `deleted` when there is no such machine any more. */
  powerState(machine: Machine): Promise<string>;
  /** Cuts the power without a shutdown, and resolves when it is off. */
  powerOff(machine: Machine): Promise<void>;
  /** Resolves when Azure has started it; `wait: false` resolves when Azure has accepted. A running one stays as it is. */
  start(machine: Machine, options?: { readonly wait: boolean }): Promise<void>;
  restart(machine: Machine): Promise<void>;
  /** Stops the kubelet; a timer on the machine, armed first, starts it again after so many seconds. */
  stopKubelet(machine: Machine, seconds: number): Promise<void>;
  startKubelet(machine: Machine): Promise<void>;
  pool(name: string): Promise<NodePool>;
  /** The pool once Azure does nothing to it any more, so that what it had accepted is done; undefined: it is gone. */
  settledPool(name: string, timeoutMs: number): Promise<NodePool | undefined>;
  /** Deletes the machine behind a node, and the node with it, without a drain. */
  deleteMachine(pool: string, node: string): Promise<void>;
  /** Sets the bounds of an autoscaled pool, never its size, and keeps the former ones in a tag, in the same request. */
  raisePoolBounds(pool: string, bounds: PoolBounds): Promise<void>;
  /** Gives a pool the bounds that `raisePoolBounds` has kept, and removes the tag. */
  restorePoolBounds(pool: string): Promise<void>;
  /** The same with another signal, for reverting when the forward work has ended. */
  withSignal(signal: AbortSignal): Machines;
}

/** The cluster in Azure whose machines these are. */
export interface AzureCluster {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly clusterName: string;
}

/** The commands behind the methods of `Machines`, for a dry run. Names in capitals are known only to the cluster. */
export interface MachineCommands {
  powerState(): readonly CommandStep[];
  powerOff(): readonly CommandStep[];
  start(): readonly CommandStep[];
  restart(): readonly CommandStep[];
  stopKubelet(seconds: number): readonly CommandStep[];
  startKubelet(): readonly CommandStep[];
  pool(): readonly CommandStep[];
  deleteMachine(node: string): readonly CommandStep[];
  raisePoolBounds(): readonly CommandStep[];
  restorePoolBounds(): readonly CommandStep[];
}
