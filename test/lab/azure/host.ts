/**
 * What the ARM stand-in needs from whoever runs the Kubernetes behind its managed clusters. The lab answers with real
 * control planes; unit tests of the stand-in answer with nothing but bookkeeping.
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
  /** The node's name: the scale set's name and the id in base 36, six digits. */
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
  /** Starts a control plane without nodes; resolves when its API answers. */
  create(spec: ClusterSpec): Promise<void>;
  /** Makes the pool's nodes exactly these instances: starts new ones, removes the others with their Node objects. */
  setInstances(clusterId: string, pool: PoolSpec, instances: readonly Instance[]): Promise<void>;
  /** Cuts the power of one instance: its node process ends, its Node object stays. */
  stopInstance(clusterId: string, scaleSet: string, instanceId: number): Promise<void>;
  startInstance(clusterId: string, scaleSet: string, instanceId: number): Promise<void>;
  /** Silences the kubelet of an instance, which goes on otherwise; it starts again by itself after so many seconds. */
  stopKubelet(clusterId: string, scaleSet: string, instanceId: number, seconds: number): Promise<void>;
  startKubelet(clusterId: string, scaleSet: string, instanceId: number): Promise<void>;
  /** A kubeconfig as YAML text, with the user named as AKS names it (clusterUser_RG_NAME, clusterAdmin_RG_NAME). */
  kubeconfig(clusterId: string, role: 'User' | 'Admin'): Promise<string>;
  /** Ends the control plane and all its nodes, and removes their files. Absent is fine. */
  delete(clusterId: string): Promise<void>;
}
