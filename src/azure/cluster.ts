import { asOptionalList, asRecord, number, required, text, textMap, texts } from '../runtime/json.js';
import type { ClusterRef } from './commands.js';
import type { Tags } from './tags.js';

export interface AgentPool {
  readonly name: string;
  readonly vmSize: string;
  readonly count: number;
  readonly autoscaled: boolean;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly osDisk: string;
}

/** What this project reads of a managed cluster. */
export interface AksCluster {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly nodeResourceGroup: string;
  readonly location: string;
  readonly kubernetesVersion: string;
  /** Of the first pool; empty while Azure has none. */
  readonly vmSize: string;
  readonly fqdn: string;
  /** Changes with every update; guards a deletion. */
  readonly etag: string;
  readonly tags: Tags;
  /** Creating, Updating, Succeeded, Failed, Canceled, Deleting, and more in between. */
  readonly state: string;
  readonly stopped: boolean;
  readonly isPrivate: boolean;
  readonly localAccountsDisabled: boolean;
  readonly authorizedRanges: readonly string[];
  readonly pools: readonly AgentPool[];
  /** Why the last operation failed, as far as the cluster itself tells; empty where it does not. */
  readonly failure: string;
}

/** Reads one managed cluster from the JSON of `az aks show` or `az aks list`. @throws TypeError for anything else. */
export function parseCluster(json: unknown): AksCluster {
  const cluster = asRecord(json);
  const id = required(cluster, 'id');
  const pools = asOptionalList(cluster['agentPoolProfiles']).map(parsePool);
  const access = asRecord(cluster['apiServerAccessProfile']);
  return {
    id,
    name: required(cluster, 'name'),
    subscriptionId: /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? '',
    resourceGroup: text(cluster['resourceGroup']) || (/\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? ''),
    nodeResourceGroup: text(cluster['nodeResourceGroup']),
    location: text(cluster['location']),
    kubernetesVersion: text(cluster['currentKubernetesVersion']) || text(cluster['kubernetesVersion']),
    vmSize: pools[0]?.vmSize ?? '',
    fqdn: text(cluster['fqdn']) || text(cluster['privateFqdn']),
    etag: text(cluster['eTag']) || text(cluster['etag']),
    tags: textMap(cluster['tags']),
    state: text(cluster['provisioningState']),
    stopped: text(asRecord(cluster['powerState'])['code']) === 'Stopped',
    isPrivate: access['enablePrivateCluster'] === true,
    localAccountsDisabled: cluster['disableLocalAccounts'] === true,
    authorizedRanges: texts(access['authorizedIpRanges']),
    pools,
    failure: describeClusterFailure(asRecord(asRecord(cluster['status'])['provisioningError'])),
  };
}

function parsePool(pool: Readonly<Record<string, unknown>>): AgentPool {
  return {
    name: text(pool['name']),
    vmSize: text(pool['vmSize']),
    count: number(pool['count']),
    autoscaled: pool['enableAutoScaling'] === true,
    minNodes: number(pool['minCount']),
    maxNodes: number(pool['maxCount']),
    zones: texts(pool['availabilityZones']),
    osDisk: text(pool['osDiskType']),
  };
}

/**
 * An error of Azure and the errors inside it as one line: `(Code) message (InnerCode) inner message`. The inner one is
 * what helps, as the outer is often no more than "operation failed".
 */
export function describeClusterFailure(error: Readonly<Record<string, unknown>>): string {
  const [code, message] = [text(error['code']), text(error['message'])];
  const own = code === '' && message === '' ? [] : [`(${code || 'no code'}) ${message}`.trim()];
  const inner = asOptionalList(error['details'])
    .map(describeClusterFailure)
    .filter(line => line !== '');
  return [...own, ...inner].join(' ');
}

export function refOf({ subscriptionId, resourceGroup, name }: AksCluster): ClusterRef {
  return { subscriptionId, resourceGroup, clusterName: name };
}

/** Whether the last operation on the cluster came to a bad end. */
export function isFailed({ state }: Pick<AksCluster, 'state'>): boolean {
  return state === 'Failed' || state === 'Canceled';
}
