import type { Arm } from './arm.js';
import { newCluster, nodeGroupTags } from './cluster-bodies.js';
import { matchNodes } from './control-planes.js';
import { keyOf, resourceId } from './names.js';
import { forgetGroup, type ManagedCluster, type ProvisioningState, requireGroup, type Tags } from './state.js';
import { resolveVersion } from './versions.js';

export interface PlacedGroup {
  readonly name: string;
  readonly location?: string;
  readonly tags?: Tags;
}

export interface PlacedCluster {
  /** Must exist already. */
  readonly group: string;
  readonly name: string;
  readonly tags?: Tags;
  readonly provisioningState?: ProvisioningState;
  readonly nodeCount?: number;
  readonly vmSize?: string;
}

export interface PlacedResource {
  readonly group: string;
  /** For example `Microsoft.Storage/storageAccounts`. */
  readonly type: string;
  readonly name: string;
  readonly tags?: Tags;
}

/** Adds resources as if someone else had created them. */
export interface Placement {
  group(group: PlacedGroup): void;
  /** Adds a cluster with its node resource group and scale set, but without Kubernetes. */
  cluster(cluster: PlacedCluster): Promise<ManagedCluster>;
  resource(resource: PlacedResource): void;
  /** Removes a group without a request; its clusters must be removed before. */
  removeGroup(name: string): void;
}

export function createPlacement(arm: Arm): Placement {
  const { state } = arm;
  return {
    group({ name, location = 'eastus', tags = {} }) {
      state.groups.set(keyOf(name), { name, location, tags, provisioningState: 'Succeeded' });
    },
    async cluster({
      group,
      name,
      tags = {},
      provisioningState = 'Succeeded',
      nodeCount = 3,
      vmSize = 'Standard_D2s_v5',
    }) {
      const { location, name: groupName } = requireGroup(state, group);
      const agentPoolProfiles = [{ name: 'nodepool1', count: nodeCount, vmSize }];
      const body = { location, tags, properties: { dnsPrefix: name, agentPoolProfiles } };
      const cluster = newCluster(groupName, name, resolveVersion('', location), body);
      cluster.provisioningState = provisioningState;
      state.clusters.set(keyOf(cluster.id), cluster);
      const nodeGroup = { name: cluster.nodeGroup, location, managedBy: cluster.id };
      state.groups.set(keyOf(nodeGroup.name), {
        ...nodeGroup,
        tags: nodeGroupTags(cluster),
        provisioningState: 'Succeeded',
      });
      await matchNodes(arm, cluster);
      return cluster;
    },
    resource({ group, type, name, tags = {} }) {
      const { name: groupName, location } = requireGroup(state, group);
      const id = resourceId(groupName, type, name);
      state.others.set(keyOf(id), { id, name, type, group: groupName, location, tags });
    },
    removeGroup: name => {
      forgetGroup(state, name);
    },
  };
}
