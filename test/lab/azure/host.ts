/**
 * What the ARM stand-in needs from the host that runs the Kubernetes of its managed clusters. The lab provides real
 * control planes; unit tests of the stand-in only record the calls.
 */

export interface PoolSpec {
  readonly name: string;
  readonly scaleSet: string;
  readonly vmSize: string;
  readonly zones: readonly string[];
}

export interface Instance {
  /** The decimal id of the scale set, as in a node's providerID. */
  readonly id: number;
  /** The name of the node: the name of the scale set and the id in base 36, six digits. */
  readonly computerName: string;
}

export interface ClusterSpec {
  /** The ARM resource id; the key of all other calls. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly nodeResourceGroup: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly kubernetesVersion: string;
}

export interface ClusterHost {
  /** Starts a control plane without nodes. Resolves when its API responds. */
  create(spec: ClusterSpec): Promise<void>;
  /**
   * Makes exactly these instances the nodes of the pool: starts new ones, removes the others with their Node objects.
   */
  setInstances(clusterId: string, pool: PoolSpec, instances: readonly Instance[]): Promise<void>;
  /** Powers off one instance: its node process ends, its Node object stays. */
  stopInstance(clusterId: string, scaleSet: string, instanceId: number): Promise<void>;
  startInstance(clusterId: string, scaleSet: string, instanceId: number): Promise<void>;
  /** Runs a script of a shell on an instance and returns what it writes, whatever its exit code. */
  runScript(clusterId: string, scaleSet: string, instanceId: number, script: string): Promise<string>;
  /** Returns a kubeconfig as YAML, with the user name of AKS (clusterUser_RG_NAME, clusterAdmin_RG_NAME). */
  kubeconfig(clusterId: string, role: 'User' | 'Admin'): Promise<string>;
  /** Ends the control plane and all its nodes, and removes their files. Does nothing when it is absent. */
  delete(clusterId: string): Promise<void>;
}
