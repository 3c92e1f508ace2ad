import { identifier } from '../runtime/identifiers.js';
import { type AzCommand, azCommand, type ClusterRef, inSubscription, tagArguments } from './commands.js';
import type { ClusterSpec } from './spec.js';

export interface ClusterPlan {
  readonly ref: ClusterRef;
  readonly spec: Omit<
    ClusterSpec,
    'tags' | 'existingCluster' | 'ttlMs' | 'createTimeoutMs' | 'nodeVmSizes' | 'maxVcpus'
  >;
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Whether automatic upgrades are disabled: an upgrade replaces nodes, which a short-lived cluster does not need, and
   * which would look like the effect of an injected fault.
   */
  readonly upgradesOff: boolean;
}

/** The name of the only node pool: the default of az, passed explicitly so that later commands can rely on it. */
const poolName = 'nodepool1';

function at({ subscriptionId, resourceGroup, clusterName }: ClusterRef): readonly string[] {
  const [group, name] = [identifier('resource group', resourceGroup), identifier('cluster name', clusterName)];
  return ['--resource-group', group, '--name', name, ...inSubscription(subscriptionId)];
}

/**
 * Starts the creation of a cluster with one autoscaled node pool, and returns immediately. With `--if-none-match '*'`,
 * Azure rejects the request if the cluster already exists; the check of az itself ignores read errors.
 */
export function createCluster(plan: ClusterPlan, vmSize: string): AzCommand {
  const { ref, spec, tags, upgradesOff } = plan;
  const optional = (flag: string, ...values: readonly string[]): readonly string[] =>
    values.join('') === '' ? [] : [flag, ...values];
  const { argv, ...rest } = azCommand(
    `create cluster ${ref.clusterName} in resource group ${ref.resourceGroup}`,
    'guarded',
    ...['aks', 'create', ...at(ref), '--location', spec.location, '--tier', spec.tier],
    ...['--nodepool-name', poolName, '--node-vm-size', vmSize, '--node-count', String(spec.nodeCount)],
    ...['--enable-cluster-autoscaler', '--min-count', String(spec.minNodes), '--max-count', String(spec.maxNodes)],
    ...['--vm-set-type', 'VirtualMachineScaleSets', '--load-balancer-sku', 'standard'],
    ...['--enable-managed-identity', '--no-ssh-key', '--if-none-match', '*'],
    ...optional('--kubernetes-version', spec.kubernetesVersion),
    ...optional('--zones', ...spec.zones),
    ...optional('--node-osdisk-type', spec.nodeOsDisk),
    ...optional('--node-resource-group', spec.nodeResourceGroup),
    ...optional('--api-server-authorized-ip-ranges', spec.authorizedIpRanges.join(',')),
    ...(upgradesOff ? ['--auto-upgrade-channel', 'none', '--node-os-upgrade-channel', 'None'] : []),
    ...['--tags', ...tagArguments(tags), '--nodepool-tags', ...tagArguments(tags), '--yes', '--no-wait'],
  );
  return { ...rest, argv: [...argv, ...spec.extraCreateArgs] };
}

export function showCluster(ref: ClusterRef): AzCommand {
  return azCommand(`read the state of cluster ${ref.clusterName}`, 'read', 'aks', 'show', ...at(ref));
}

export function listClusters(subscriptionId: string): AzCommand {
  return azCommand('list the clusters of the subscription', 'read', 'aks', 'list', ...inSubscription(subscriptionId));
}

/** Returns when Azure has accepted the deletion. With an etag, Azure accepts it only if the cluster is unchanged. */
export function deleteCluster(ref: ClusterRef, etag: string): AzCommand {
  const condition = etag === '' ? [] : ['--if-match', identifier('etag', etag)];
  const words = ['aks', 'delete', ...at(ref), ...condition, '--yes', '--no-wait'];
  return azCommand(`delete cluster ${ref.clusterName} in resource group ${ref.resourceGroup}`, 'idempotent', ...words);
}

/**
 * Writes credentials to a private file. KUBECONFIG points to the same file, because az converts an Entra kubeconfig by
 * running kubelogin on the default one, which would be the user's.
 */
export function getCredentials(ref: ClusterRef, file: string, role: 'user' | 'admin'): AzCommand {
  const admin = role === 'admin' ? ['--admin'] : [];
  const words = ['aks', 'get-credentials', ...at(ref), '--file', file, '--overwrite-existing', ...admin];
  return {
    ...azCommand(`get ${role} credentials of cluster ${ref.clusterName}`, 'read', ...words),
    env: { KUBECONFIG: file },
  };
}

export function listVersions(subscriptionId: string, location: string): AzCommand {
  const words = ['aks', 'get-versions', '--location', location, ...inSubscription(subscriptionId)];
  return azCommand(`list the Kubernetes versions of ${location}`, 'read', ...words);
}

/** Sets the authorized IP ranges of the API server; an empty list allows everyone. The change takes minutes. */
export function updateAuthorizedRanges(
  ref: ClusterRef,
  ranges: readonly string[],
  { wait }: { readonly wait: boolean },
): AzCommand {
  const list = ranges.map(range => identifier('address range', range)).join(',');
  const words = ['aks', 'update', ...at(ref), '--api-server-authorized-ip-ranges', list, '--yes'];
  const why = `set the authorized IP ranges of cluster ${ref.clusterName}`;
  return azCommand(why, 'idempotent', ...words, ...(wait ? [] : ['--no-wait']));
}
