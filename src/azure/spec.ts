/** How to log in to Azure from inside the action; absent means that an earlier step has logged in. */
export interface AzureLogin {
  readonly clientId: string;
  readonly tenantId: string;
}

export interface AzureTarget {
  readonly kind: 'aks';
  readonly subscriptionId: string;
  readonly login?: AzureLogin;
  readonly resourceGroup: string;
  readonly clusterName: string;
  /** Whether the user gave the group's name; a default name belongs to this run and instance only (promise 2). */
  readonly resourceGroupGiven: boolean;
  readonly credentials: 'auto' | 'user' | 'admin' | 'kubelogin';
  /** Whether each operation lets this runner reach the API server, and takes that back at its end. */
  readonly admitRunner: boolean;
}

export interface ClusterSpec {
  readonly location: string;
  readonly existingCluster: 'fail' | 'reuse';
  readonly nodeCount: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Tried in order when one cannot be had (R12). */
  readonly nodeVmSizes: readonly string[];
  readonly kubernetesVersion: string;
  readonly tier: 'free' | 'standard' | 'premium';
  readonly zones: readonly string[];
  readonly nodeOsDisk: '' | 'Managed' | 'Ephemeral';
  /** CIDRs; the word `runner` stands for this runner's own address. */
  readonly authorizedIpRanges: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly nodeResourceGroup: string;
  /** Upper limit of vCPUs that the pool may reach, or undefined for none. */
  readonly maxVcpus?: number;
  readonly createTimeoutMs: number;
  readonly extraCreateArgs: readonly string[];
  /** Time to live of what is created; undefined: it does not expire and is never swept. */
  readonly ttlMs?: number;
}
