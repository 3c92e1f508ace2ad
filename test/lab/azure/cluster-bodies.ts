import { createHash, randomUUID } from 'node:crypto';
import { addedWhileCreating, clusterDefaults, lowerGroups, poolDefaults, withDefaults } from './cluster-defaults.js';
import { failureBody, isObject, type Json, numberAt, objectAt, tagsAt, textAt, textsAt } from './messages.js';
import { clusterType, principalId, resourceId, tenantId } from './names.js';
import type { ManagedCluster, Pool } from './state.js';
import { findSize } from './vm-sizes.js';

/** The size that AKS chooses when the client names none; the real service chooses by capacity and quota. */
const defaultVmSize = 'Standard_D2s_v5';

/** The properties of a pool that the stand-in computes itself, whatever a client sends. */
const ownPoolProperties = [
  'name',
  'count',
  'vmSize',
  'osDiskType',
  'enableAutoScaling',
  'minCount',
  'maxCount',
  'availabilityZones',
  'tags',
  'eTag',
  'provisioningState',
  'powerState',
  'orchestratorVersion',
  'currentOrchestratorVersion',
];

const ownClusterProperties = [
  'agentPoolProfiles',
  'provisioningState',
  'powerState',
  'kubernetesVersion',
  'currentKubernetesVersion',
  'nodeResourceGroup',
];

/** The properties of spot pools, which AKS drops from other pools. */
const spotProperties = ['scaleSetPriority', 'scaleSetEvictionPolicy', 'spotMaxPrice'];

function without(json: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)));
}

/** AKS shows no lists without items, such as `nodeTaints`. */
function withoutEmptyLists(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
}

/** Returns the pool that a client requests. Omitted values stay as they were, or take the default of AKS. */
export function readPool(json: Json, name: string, former?: Pool): Pool {
  const autoscaling =
    json['enableAutoScaling'] === true
      ? { min: numberAt(json, 'minCount', 1), max: numberAt(json, 'maxCount', 1) }
      : undefined;
  const vmSize = textAt(json, 'vmSize') || former?.vmSize || defaultVmSize;
  const temporaryDiskGb = findSize(vmSize)?.temporaryDiskGb ?? 0;
  const defaultDisk = former?.osDiskType ?? (temporaryDiskGb >= 30 ? 'Ephemeral' : 'Managed');
  const disk = textAt(json, 'osDiskType');
  const dropped = json['scaleSetPriority'] === 'Spot' ? [] : spotProperties;
  const given = Object.entries(without(json, [...ownPoolProperties, ...dropped])).filter(
    ([, value]) => value !== null && value !== '' && value !== 0,
  );
  return {
    name,
    count: numberAt(json, 'count', former?.count ?? 3),
    vmSize,
    osDiskType: disk === 'Managed' || disk === 'Ephemeral' ? disk : defaultDisk,
    autoscaling,
    zones: textsAt(json, 'availabilityZones'),
    tags: 'tags' in json ? tagsAt(json) : (former?.tags ?? {}),
    etag: randomUUID(),
    more: withoutEmptyLists(withDefaults({ ...former?.more, ...Object.fromEntries(given) }, poolDefaults)),
  };
}

/** Returns the pools in the body of a cluster. */
export function readPools(properties: Json, former: readonly Pool[]): readonly Pool[] {
  const profiles = properties['agentPoolProfiles'];
  if (!Array.isArray(profiles)) return former;
  return profiles.filter(isObject).map(json => {
    const name = textAt(json, 'name');
    return readPool(
      json,
      name,
      former.find(pool => pool.name === name),
    );
  });
}

/** Returns a new cluster for the body of a PUT. */
export function newCluster(group: string, name: string, version: string, json: Json): ManagedCluster {
  const location = textAt(json, 'location');
  const properties = objectAt(json, 'properties');
  const nodeGroup = textAt(properties, 'nodeResourceGroup') || `MC_${group}_${name}_${location}`;
  const id = resourceId(group, clusterType, name);
  const digest = createHash('sha256').update(id.toLowerCase()).digest();
  const suffix = String(digest.readUInt32BE() % 100_000_000).padStart(8, '0');
  const hash = digest.toString('hex');
  const fqdn = `${textAt(properties, 'dnsPrefix')}-${hash.slice(0, 8)}.hcp.${location}.azmk8s.io`;
  const asked = textAt(properties, 'kubernetesVersion');
  return {
    id,
    name,
    group,
    nodeGroup,
    location,
    kubernetesVersion: version,
    requestedVersion: asked || version.split('.').slice(0, 2).join('.'),
    suffix,
    tags: tagsAt(json),
    etag: randomUUID(),
    provisioningState: 'Creating',
    powerState: 'Running',
    pools: readPools(properties, []),
    sku: { name: 'Base', tier: 'Free', ...objectAt(json, 'sku') },
    identity: { type: 'SystemAssigned', ...objectAt(json, 'identity'), principalId, tenantId },
    more: withDefaults(
      without(withoutEmptyAccess(properties), [...ownClusterProperties, 'addonProfiles']),
      clusterDefaults(fqdn, location, hash),
    ),
    hosted: false,
    operation: undefined,
    failure: undefined,
  };
}

/** Applies the changes of a client to an existing cluster. */
export function applyChange(cluster: ManagedCluster, json: Json): void {
  const properties = objectAt(json, 'properties');
  cluster.more = withoutEmptyAccess({ ...cluster.more, ...without(properties, ownClusterProperties) });
  cluster.pools = readPools(properties, cluster.pools);
  if (isObject(json['tags'])) cluster.tags = tagsAt(json);
  if (isObject(json['sku'])) cluster.sku = json['sku'];
}

/** AKS shows no access profile when it restricts nothing. */
function withoutEmptyAccess(properties: Json): Json {
  const access = withoutEmptyLists(objectAt(properties, 'apiServerAccessProfile'));
  const rest = without(properties, ['apiServerAccessProfile']);
  return Object.keys(access).length === 0 ? rest : { ...rest, apiServerAccessProfile: access };
}

function poolProperties(cluster: ManagedCluster, pool: Pool): Json {
  const { count, vmSize, osDiskType, autoscaling, zones, tags, etag, more } = pool;
  return {
    ...more,
    count: cluster.powerState === 'Running' ? count : 0,
    vmSize,
    osDiskType,
    enableAutoScaling: autoscaling !== undefined,
    ...(autoscaling && { minCount: autoscaling.min, maxCount: autoscaling.max }),
    ...(zones.length > 0 && { availabilityZones: zones }),
    tags,
    eTag: etag,
    orchestratorVersion: cluster.requestedVersion,
    currentOrchestratorVersion: cluster.kubernetesVersion,
    nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202607.06.0',
    provisioningState: cluster.provisioningState,
    powerState: { code: cluster.powerState },
  };
}

/** Returns a pool as a separate resource. */
export function poolBody(cluster: ManagedCluster, pool: Pool): Json {
  return {
    id: `${lowerGroups(cluster.id)}/agentPools/${pool.name}`,
    name: pool.name,
    type: `${clusterType}/agentPools`,
    properties: poolProperties(cluster, pool),
  };
}

/** Returns a cluster as ARM shows it. */
export function clusterBody(cluster: ManagedCluster): Json {
  const { more, pools, etag } = cluster;
  const profiles = pools.map(pool => ({ name: pool.name, ...poolProperties(cluster, pool) }));
  return { ...bodyWith(cluster, withDefaults(more, addedWhileCreating(cluster)), profiles), eTag: etag };
}

/** Returns a cluster as the response to the PUT that creates it: without entity tags. */
export function creationBody(cluster: ManagedCluster): Json {
  const profiles = cluster.pools.map(pool => ({
    name: pool.name,
    ...without(poolProperties(cluster, pool), ['eTag']),
  }));
  return bodyWith(cluster, cluster.more, profiles);
}

function bodyWith(cluster: ManagedCluster, more: Json, agentPoolProfiles: readonly Json[]): Json {
  const { id, name, location, tags, sku, identity, provisioningState, powerState, failure } = cluster;
  return {
    id: lowerGroups(id),
    name,
    location,
    type: 'Microsoft.ContainerService/ManagedClusters',
    kind: 'Base',
    tags,
    sku,
    identity,
    properties: {
      ...more,
      provisioningState,
      powerState: { code: powerState },
      kubernetesVersion: cluster.requestedVersion,
      currentKubernetesVersion: cluster.kubernetesVersion,
      nodeResourceGroup: cluster.nodeGroup,
      agentPoolProfiles,
      ...(failure && { status: { provisioningError: failureBody(failure) } }),
    },
  };
}

/** Returns the tags of the node resource group, which are those of its cluster (AKS, "Use Azure tags"). */
export function nodeGroupTags(cluster: ManagedCluster): Readonly<Record<string, string>> {
  return { ...cluster.tags, 'aks-managed-cluster-name': cluster.name, 'aks-managed-cluster-rg': cluster.group };
}
