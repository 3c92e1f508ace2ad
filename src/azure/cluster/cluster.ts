import { asOptionalList, asRecord, number, required, text, textMap, texts } from '../../runtime/json.js';
import { errorLine, readArmError } from '../errors/error-body.js';
import type { Tags } from '../ownership/tags.js';
import type { ClusterRef } from '../ref.js';

export interface AgentPool {
  readonly name: string;
  readonly vmSize: string;
  readonly count: number;
  readonly autoscaled: boolean;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly osDisk: string;
  /** The provisioning state, as that of a cluster. */
  readonly state: string;
}

/** The properties of a managed cluster that this project uses. */
export interface AksCluster {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly nodeResourceGroup: string;
  readonly location: string;
  readonly kubernetesVersion: string;
  /** The size of the first pool; empty if Azure returns no pool. */
  readonly vmSize: string;
  readonly fqdn: string;
  /** Changes with every update; the precondition of a deletion. */
  readonly etag: string;
  readonly tags: Tags;
  /** The provisioning state: Creating, Updating, Succeeded, Failed, Canceled, Deleting, or another one. */
  readonly state: string;
  readonly stopped: boolean;
  readonly isPrivate: boolean;
  readonly localAccountsDisabled: boolean;
  readonly authorizedRanges: readonly string[];
  readonly pools: readonly AgentPool[];
  /** Why the last operation failed; empty if the cluster does not say. */
  readonly failure: string;
}

/** Parses a managed cluster. @throws TypeError for other values. */
export function parseCluster(json: unknown): AksCluster {
  const resource = asRecord(json);
  const cluster = asRecord(resource['properties']);
  const id = required(resource, 'id');
  const pools = asOptionalList(cluster['agentPoolProfiles']).map(parsePool);
  const access = asRecord(cluster['apiServerAccessProfile']);
  const failure = readArmError(asRecord(cluster['status'])['provisioningError']);
  return {
    id,
    name: required(resource, 'name'),
    subscriptionId: /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? '',
    resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '',
    nodeResourceGroup: text(cluster['nodeResourceGroup']),
    location: text(resource['location']),
    kubernetesVersion: text(cluster['currentKubernetesVersion']) || text(cluster['kubernetesVersion']),
    vmSize: pools[0]?.vmSize ?? '',
    fqdn: text(cluster['fqdn']) || text(cluster['privateFqdn']),
    etag: text(resource['eTag']),
    tags: textMap(resource['tags']),
    state: text(cluster['provisioningState']),
    stopped: text(asRecord(cluster['powerState'])['code']) === 'Stopped',
    isPrivate: access['enablePrivateCluster'] === true,
    localAccountsDisabled: cluster['disableLocalAccounts'] === true,
    authorizedRanges: texts(access['authorizedIPRanges']),
    pools,
    failure: failure ? errorLine(failure) : '',
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
    state: text(pool['provisioningState']),
  };
}

export function refOf({ subscriptionId, resourceGroup, name }: AksCluster): ClusterRef {
  return { subscriptionId, resourceGroup, clusterName: name };
}

/** Returns whether the last operation on the cluster failed or was canceled. */
export function isFailed({ state }: Pick<AksCluster, 'state'>): boolean {
  return state === 'Failed' || state === 'Canceled';
}
