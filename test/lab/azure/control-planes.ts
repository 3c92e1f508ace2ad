import type { Arm } from './arm.js';
import type { PoolSpec } from './host.js';
import { keyOf, resourceId, scaleSetType } from './names.js';
import {
  forgetGroup,
  type ManagedCluster,
  type Pool,
  type ScaleSet,
  scaleSetsOf,
  type Tags,
  type VirtualMachine,
} from './state.js';

/**
 * Starts the Kubernetes of a cluster and the nodes of its pools. Resolves when the API responds and the nodes are
 * started.
 */
export async function startKubernetes(arm: Arm, cluster: ManagedCluster): Promise<void> {
  const { id, name, group, nodeGroup, location, kubernetesVersion } = cluster;
  const subscriptionId = id.split('/')[2] ?? '';
  cluster.hosted = true;
  await arm.host.create({
    id,
    name,
    resourceGroup: group,
    nodeResourceGroup: nodeGroup,
    subscriptionId,
    location,
    kubernetesVersion,
  });
  await matchNodes(arm, cluster);
}

/** Updates scale sets and nodes to match the pools: one scale set per pool, with as many instances as its count. */
export async function matchNodes(arm: Arm, cluster: ManagedCluster): Promise<void> {
  const wanted = cluster.powerState === 'Running' ? cluster.pools : [];
  for (const pool of wanted) {
    const scaleSet = findOrAddScaleSet(arm, cluster, pool);
    resize(scaleSet, pool.count);
    await showInstances(arm, cluster, scaleSet);
  }
  for (const scaleSet of scaleSetsOf(arm.state, cluster)) {
    if (wanted.some(pool => pool.name === scaleSet.pool.name)) continue;
    resize(scaleSet, 0);
    await showInstances(arm, cluster, scaleSet);
    if (!cluster.pools.some(pool => pool.name === scaleSet.pool.name)) arm.state.scaleSets.delete(keyOf(scaleSet.id));
  }
}

/** Removes some instances of a pool, wherever they are in its order. */
export function dropInstances(scaleSet: ScaleSet, computerNames: readonly string[]): void {
  const dropped = new Set(computerNames.map(keyOf));
  scaleSet.instances = scaleSet.instances.filter(({ computerName }) => !dropped.has(keyOf(computerName)));
}

/**
 * Ends the Kubernetes of a cluster and removes the cluster with its node resource group. Does nothing when it is
 * absent.
 */
export async function removeCluster(arm: Arm, cluster: ManagedCluster): Promise<void> {
  if (cluster.hosted) await arm.host.delete(cluster.id);
  arm.state.clusters.delete(keyOf(cluster.id));
  for (const scaleSet of scaleSetsOf(arm.state, cluster)) arm.state.scaleSets.delete(keyOf(scaleSet.id));
  forgetGroup(arm.state, cluster.nodeGroup);
}

function findOrAddScaleSet(arm: Arm, cluster: ManagedCluster, pool: Pool): ScaleSet {
  const name = `aks-${pool.name}-${cluster.suffix}-vmss`;
  const id = resourceId(cluster.nodeGroup, scaleSetType, name);
  const known = arm.state.scaleSets.get(keyOf(id));
  if (known) {
    known.tags = poolTags(pool);
    return known;
  }
  const spec: PoolSpec = { name: pool.name, scaleSet: name, vmSize: pool.vmSize, zones: pool.zones };
  const scaleSet: ScaleSet = {
    id,
    name,
    group: cluster.nodeGroup,
    location: cluster.location,
    clusterId: cluster.id,
    pool: spec,
    osDiskType: pool.osDiskType,
    tags: poolTags(pool),
    instances: [],
    nextId: 0,
  };
  arm.state.scaleSets.set(keyOf(id), scaleSet);
  return scaleSet;
}

function poolTags(pool: Pool): Tags {
  return { ...pool.tags, 'aks-managed-poolName': pool.name };
}

/** Adds instances at the end, or removes the newest; an id is never reused. */
function resize(scaleSet: ScaleSet, count: number): void {
  const instances = scaleSet.instances.slice(0, count);
  while (instances.length < count) instances.push(newInstance(scaleSet, scaleSet.nextId++));
  scaleSet.instances = instances;
}

function newInstance(scaleSet: ScaleSet, id: number): VirtualMachine {
  const { zones } = scaleSet.pool;
  return {
    id,
    computerName: `${scaleSet.name}${id.toString(36).padStart(6, '0')}`,
    zone: zones[id % Math.max(1, zones.length)],
    power: 'running',
    provisioningState: 'Succeeded',
  };
}

async function showInstances(arm: Arm, cluster: ManagedCluster, scaleSet: ScaleSet): Promise<void> {
  if (!cluster.hosted) return;
  const instances = scaleSet.instances.map(({ id, computerName }) => ({ id, computerName }));
  await arm.host.setInstances(cluster.id, scaleSet.pool, instances);
}
