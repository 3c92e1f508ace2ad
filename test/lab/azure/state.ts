import { randomUUID } from 'node:crypto';
import type { PoolSpec } from './host.js';
import { ArmError, type Failure, type Json, notFound } from './messages.js';
import { clusterType, groupId, keyOf, resourceId, sameName, scaleSetType } from './names.js';
import type { Operation } from './operations.js';

export type Tags = Readonly<Record<string, string>>;
export type ProvisioningState =
  | 'Creating'
  | 'Updating'
  | 'Scaling'
  | 'Starting'
  | 'Stopping'
  | 'Deleting'
  | 'Succeeded'
  | 'Failed'
  | 'Canceled';
export type PowerState = 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';

export interface Group {
  readonly name: string;
  readonly location: string;
  tags: Tags;
  provisioningState: 'Succeeded' | 'Deleting';
  /** The cluster whose nodes are in the group. */
  readonly managedBy?: string;
}

/** A node pool. `more` holds what the stand-in keeps for the client but does not read. */
export interface Pool {
  readonly name: string;
  count: number;
  vmSize: string;
  osDiskType: 'Managed' | 'Ephemeral';
  autoscaling: { readonly min: number; readonly max: number } | undefined;
  zones: readonly string[];
  tags: Tags;
  etag: string;
  more: Json;
}

export interface ManagedCluster {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly nodeGroup: string;
  readonly location: string;
  readonly kubernetesVersion: string;
  /** The version as requested: a minor version stays one, and the service chooses the patch. */
  readonly requestedVersion: string;
  /** Eight digits that distinguish the scale sets of different clusters. */
  readonly suffix: string;
  tags: Tags;
  etag: string;
  provisioningState: ProvisioningState;
  powerState: 'Running' | 'Stopped';
  pools: readonly Pool[];
  /** `sku`, `identity` and the properties that the stand-in does not read. */
  sku: Json;
  identity: Json;
  more: Json;
  /** Whether its Kubernetes was started. */
  hosted: boolean;
  /** The current or last operation on it. */
  operation: Operation | undefined;
  /** Why the last operation failed. */
  failure: Failure | undefined;
}

export interface VirtualMachine {
  readonly id: number;
  readonly computerName: string;
  readonly zone: string | undefined;
  power: PowerState;
  provisioningState: 'Succeeded' | 'Updating' | 'Failed';
  /** The current or last power operation. */
  operation?: Operation;
  /** The current or last run command. */
  command?: Operation;
}

export interface ScaleSet {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly location: string;
  readonly clusterId: string;
  readonly pool: PoolSpec;
  readonly osDiskType: 'Managed' | 'Ephemeral';
  tags: Tags;
  instances: readonly VirtualMachine[];
  nextId: number;
}

/** A resource of a type that the stand-in only lists, such as a storage account. */
export interface OtherResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly group: string;
  readonly location: string;
  readonly tags: Tags;
}

/** All resources, by lower-case name (groups) or lower-case id. */
export interface State {
  readonly groups: Map<string, Group>;
  readonly clusters: Map<string, ManagedCluster>;
  readonly scaleSets: Map<string, ScaleSet>;
  readonly others: Map<string, OtherResource>;
}

export function emptyState(): State {
  return { groups: new Map(), clusters: new Map(), scaleSets: new Map(), others: new Map() };
}

/** @throws ArmError 404 when the group does not exist. */
export function requireGroup(state: State, name: string): Group {
  const group = state.groups.get(keyOf(name));
  if (!group) throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
  return group;
}

/** @throws ArmError 404 when the group or the cluster does not exist. */
export function requireCluster(state: State, group: string, name: string): ManagedCluster {
  requireGroup(state, group);
  const cluster = state.clusters.get(keyOf(resourceId(group, clusterType, name)));
  if (!cluster) throw notFound(clusterType, name, group);
  return cluster;
}

/** @throws ArmError 404 when the group or the scale set does not exist. */
export function requireScaleSet(state: State, group: string, name: string): ScaleSet {
  requireGroup(state, group);
  const scaleSet = state.scaleSets.get(keyOf(resourceId(group, scaleSetType, name)));
  if (!scaleSet) throw notFound(scaleSetType, name, group);
  return scaleSet;
}

export function clustersIn(state: State, group: string): readonly ManagedCluster[] {
  return [...state.clusters.values()].filter(cluster => sameName(cluster.group, group));
}

export function scaleSetsOf(state: State, cluster: ManagedCluster): readonly ScaleSet[] {
  return [...state.scaleSets.values()].filter(({ clusterId }) => clusterId === cluster.id);
}

/** Removes a group and its contents except clusters, whose Kubernetes must be ended first. */
export function forgetGroup(state: State, name: string): void {
  const within = `${keyOf(groupId(name))}/`;
  state.groups.delete(keyOf(name));
  for (const kept of [state.scaleSets, state.others]) {
    for (const id of [...kept.keys()]) if (id.startsWith(within)) kept.delete(id);
  }
}

/** Changes the cluster and gives it a new entity tag. */
export function touch(
  cluster: ManagedCluster,
  change: Partial<Pick<ManagedCluster, 'provisioningState' | 'powerState' | 'tags' | 'failure'>>,
): void {
  Object.assign(cluster, change, { etag: randomUUID() });
}
