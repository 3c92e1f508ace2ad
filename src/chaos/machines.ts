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

export interface Pool {
  readonly name: string;
  readonly count: number;
  /** Undefined: the pool has a fixed size. */
  readonly bounds: PoolBounds | undefined;
}

/**
 * The machines of a cluster, as Azure sees them. Every method throws ActionError; `unsupported-here` where a deny
 * assignment or a policy forbids it.
 */
export interface Machines {
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
  pool(name: string): Promise<Pool>;
  /** Deletes the machine behind a node, and the node with it, without a drain. */
  deleteMachine(pool: string, node: string): Promise<void>;
  /** Sets the lower bound of an autoscaled pool; never its size. */
  setPoolBounds(pool: string, bounds: PoolBounds): Promise<void>;
  /** The same with another signal, for putting back when the forward work has ended. */
  withSignal(signal: AbortSignal): Machines;
}
