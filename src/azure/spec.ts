/** How the action logs in to Azure; absent if an earlier step has logged in. */
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
  /**
   * Whether the user specified the resource group; a default name belongs to this run and instance only (promise 2).
   */
  readonly resourceGroupGiven: boolean;
  readonly credentials: 'auto' | 'user' | 'admin' | 'kubelogin';
  /**
   * Whether each operation adds this runner to the authorized IP ranges of the API server, and removes it at its end.
   */
  readonly admitRunner: boolean;
}

export interface ClusterSpec {
  readonly location: string;
  readonly existingCluster: 'fail' | 'reuse';
  readonly nodeCount: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Tried in order if one is not available (R12). */
  readonly nodeVmSizes: readonly string[];
  readonly kubernetesVersion: string;
  readonly tier: 'free' | 'standard' | 'premium';
  readonly zones: readonly string[];
  readonly nodeOsDisk: '' | 'Managed' | 'Ephemeral';
  /** CIDRs; the word `runner` means the address of this runner. */
  readonly authorizedIpRanges: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly nodeResourceGroup: string;
  /** The maximum number of vCPUs of the pool; undefined for no limit. */
  readonly maxVcpus?: number;
  readonly createTimeoutMs: number;
  readonly extraCreateArgs: readonly string[];
  /** Time to live of the created resources; undefined if they do not expire and are never swept. */
  readonly ttlMs?: number;
}
