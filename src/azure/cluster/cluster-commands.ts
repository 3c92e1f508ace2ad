import { identifier } from '../../runtime/identifiers.js';
import { type AzCommand, azCommand, replacingTags, tagArguments } from '../cli/az-commands.js';
import type { RangeState } from '../ownership/range-claims.js';
import type { ClusterRef } from '../ref.js';
import type { ClusterSpec } from '../spec.js';
import { inGroup } from './group-requests.js';

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

/** Returns the flags that select a cluster. */
export function atCluster(ref: ClusterRef): readonly string[] {
  return ['--name', identifier('cluster name', ref.clusterName), ...inGroup(ref)];
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
    ...['aks', 'create', ...atCluster(ref), '--location', spec.location, '--tier', spec.tier],
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

/**
 * Sets the authorized IP ranges of the API server and the tags of the cluster in one request; an empty list of ranges
 * allows everyone, and the tags replace all existing ones. With an etag, only if the cluster is unchanged. The change
 * takes minutes.
 */
export function updateAuthorizedRanges(
  ref: ClusterRef,
  { authorizedRanges, tags }: RangeState,
  { wait, etag }: { readonly wait: boolean; readonly etag: string },
): AzCommand {
  const list = authorizedRanges.map(range => identifier('address range', range)).join(',');
  const words = ['aks', 'update', ...atCluster(ref), '--api-server-authorized-ip-ranges', list, '--yes'];
  const why = `set the authorized IP ranges of cluster ${ref.clusterName}`;
  const condition = etag === '' ? [] : ['--if-match', identifier('etag', etag)];
  const end = [...condition, ...(wait ? [] : ['--no-wait']), '--tags', ...replacingTags(tags)];
  return azCommand(why, 'idempotent', ...words, ...end);
}
