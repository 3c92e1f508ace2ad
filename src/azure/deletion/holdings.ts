import { ActionError } from '../../errors/action-error.js';
import { asRecord, required } from '../../runtime/json.js';
import { unlessAbsent } from '../arm/call-errors.js';
import type { AzureClient } from '../arm/client.js';
import { findCluster } from '../cluster/cluster-wait.js';
import { listResources } from '../cluster/group-requests.js';
import { findGroup } from '../cluster/groups.js';
import type { ClusterRef } from '../ref.js';
import { type DeletionRule, type Holdings, mayDeleteGroup } from './deletion-plan.js';

const readTries = 3;
const readPauseMs = 1_000;

/**
 * Reads until the responses agree: Azure may not find a resource for a moment, and its absence would count as deleted.
 * @throws ActionError `azure-unavailable` when they never do.
 */
export async function readHoldings(azure: AzureClient, ref: ClusterRef, rule: DeletionRule): Promise<Holdings> {
  for (let tries = 1; ; tries += 1) {
    const holdings = await readOnce(azure, ref, rule);
    const inconsistency = findInconsistency(holdings, ref, rule);
    if (inconsistency === undefined || (inconsistency.acceptedWhenRepeated && tries > 1)) return holdings;
    if (tries === readTries)
      throw new ActionError('azure-unavailable', `${inconsistency.text}, after ${readTries} tries.`);
    azure.log.info(`${inconsistency.text}; reading again.`);
    await azure.clock.sleep(readPauseMs, azure.signal);
  }
}

interface Inconsistency {
  readonly text: string;
  /** Whether the same responses twice settle it, because nothing contradicts them. */
  readonly acceptedWhenRepeated: boolean;
}

/** Returns why the absence of a resource is doubtful; undefined if it is not. */
function findInconsistency(
  { group, cluster, resourceIds }: Holdings,
  ref: ClusterRef,
  rule: DeletionRule,
): Inconsistency | undefined {
  const { resourceGroup, clusterName } = ref;
  if (!group) {
    if (cluster)
      return { text: `Azure returns cluster ${clusterName}, but not its resource group`, acceptedWhenRepeated: false };
    // A cluster that does not exist either confirms it.
    return clusterName === ''
      ? { text: `Azure does not return resource group ${resourceGroup}`, acceptedWhenRepeated: true }
      : undefined;
  }
  if (group.state === 'Deleting' || (cluster && !rule.owned(cluster.tags).owned)) return undefined;
  if (mayDeleteGroup(group, cluster, rule)) {
    if (!resourceIds)
      return {
        text: `Azure returns resource group ${resourceGroup}, but not its resources`,
        acceptedWhenRepeated: false,
      };
    const path = `/managedclusters/${clusterName.toLowerCase()}`;
    const listed = clusterName !== '' && resourceIds.some(id => id.toLowerCase().endsWith(path));
    if (cluster || !listed) return undefined;
    return { text: `Azure lists cluster ${clusterName}, but does not return it`, acceptedWhenRepeated: false };
  }
  if (cluster || clusterName === '') return undefined;
  return { text: `Azure does not return cluster ${clusterName}`, acceptedWhenRepeated: true };
}

async function readOnce(azure: AzureClient, ref: ClusterRef, rule: DeletionRule): Promise<Holdings> {
  const [group, cluster] = await Promise.all([
    findGroup(azure, ref),
    ref.clusterName === '' ? undefined : findCluster(azure, ref),
  ]);
  if (!group) return { group, cluster, resourceIds: undefined };
  if (group.state === 'Deleting') return { group, cluster: undefined, resourceIds: undefined };
  const isOurs = !cluster || rule.owned(cluster.tags).owned;
  const mayDelete = isOurs && mayDeleteGroup(group, cluster, rule);
  return { group, cluster, resourceIds: mayDelete ? await listIds(azure, ref) : undefined };
}

/** Returns the ids of all resources in a group; undefined if it has disappeared. */
function listIds(azure: AzureClient, ref: ClusterRef): Promise<readonly string[] | undefined> {
  return unlessAbsent(azure.list(listResources(ref), resource => required(asRecord(resource), 'id')));
}
