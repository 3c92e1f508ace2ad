import type { CommandStep } from '../runtime/command-line.js';
import type { Fence } from '../runtime/ports.js';

/** The machine of a node: an instance of a scale set. */
export interface Machine {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  /** Decimal. Never empty, because without it az acts on the whole scale set. */
  readonly instanceId: string;
}

/** The bounds that the cluster autoscaler keeps for a node pool. */
export interface PoolBounds {
  readonly minCount: number;
  readonly maxCount: number;
}

export interface NodePool {
  readonly name: string;
  readonly count: number;
  /** Undefined when the pool has a fixed size. */
  readonly bounds: PoolBounds | undefined;
  /** The bounds before `raisePoolBounds`, from a tag of the pool; undefined when they were not raised. */
  readonly formerBounds: PoolBounds | undefined;
}

/**
 * The machines of a cluster in Azure. Each method throws ActionError: `unsupported-here` when a deny assignment or a
 * policy forbids the operation, `machine-foreign` for a machine outside the node resource group of the cluster. A method
 * that injects a fault is never repeated; it throws `experiment-skipped` when Azure is busy and has not accepted it.
 */
export interface Machines {
  /** Returns the instance of a scale set of this cluster whose node has this name; undefined when it does not exist. */
  findByNode(scaleSet: string, node: string): Promise<Machine | undefined>;
  /**
   * Returns the power state, such as `running`, `stopped` or `deallocated`; `deleted` when the machine does not exist,
   * `unknown` while Azure states none.
   */
  powerState(machine: Machine): Promise<string>;
  /** Powers off without a shutdown, and resolves when the machine is off. */
  powerOff(machine: Machine): Promise<void>;
  /**
   * Resolves when Azure has started the machine; with `wait: false`, when Azure has accepted the request. Does nothing
   * to a running machine.
   */
  start(machine: Machine, options?: { readonly wait: boolean }): Promise<void>;
  restart(machine: Machine): Promise<void>;
  /**
   * Stops the kubelet. A timer on the machine, which is set first, starts it again after the given number of seconds.
   */
  stopKubelet(machine: Machine, seconds: number): Promise<void>;
  startKubelet(machine: Machine): Promise<void>;
  /**
   * Returns which operation Azure has not finished on the cluster or on a pool, such as `node pool np is Upgrading`;
   * undefined if all are Succeeded.
   */
  describeOperation(): Promise<string | undefined>;
  pool(name: string): Promise<NodePool>;
  /** Waits until Azure has finished all operations on the pool, and returns it; undefined when it does not exist. */
  settledPool(name: string, timeoutMs: number): Promise<NodePool | undefined>;
  /** Deletes the machine of a node, and the node with it, without a drain. */
  deleteMachine(pool: string, node: string): Promise<void>;
  /**
   * Sets the bounds of an autoscaled pool, never its size, and saves the former bounds in a tag, in the same request.
   */
  raisePoolBounds(pool: string, bounds: PoolBounds): Promise<void>;
  /** Restores the bounds that `raisePoolBounds` saved, and removes the tag. */
  restorePoolBounds(pool: string): Promise<void>;
  /** Returns the same port with another signal, for a revert after the experiment is aborted. */
  withSignal(signal: AbortSignal): Machines;
  /** Returns the same port with a fence before each try of a change. */
  withFence(fence: Fence): Machines;
  /** Returns the same port with a function that is called when Azure has accepted the request of a fault. */
  withAcceptance(onAccepted: () => void): Machines;
}

/** The cluster in Azure whose machines these are. */
export interface AzureCluster {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly clusterName: string;
}

/** The commands behind the methods of `Machines`, for a dry run. Names in capitals are known only to the cluster. */
export interface MachineCommands {
  describeOperation(): readonly CommandStep[];
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
