import { hasCode } from '../errors/action-error.js';
import type { Az } from './az.js';
import { isFailed } from './cluster.js';
import { deleteCluster } from './cluster-commands.js';
import { findCluster } from './cluster-wait.js';
import type { ClusterRef } from './commands.js';
import { deleteGroup, listResources } from './commands.js';
import type { DeletionPlan, DeletionRule, Holdings } from './deletion-plan.js';
import { mayDeleteGroup, planDeletion } from './deletion-plan.js';
import { findGroup } from './groups.js';
import { asList, required } from './json.js';
import { waitUntilGone } from './waiting.js';

export interface DeletionOptions extends DeletionRule {
  /** Looks and decides, and deletes nothing. */
  readonly dryRun: boolean;
  /** How long to wait until it is gone, in milliseconds; 0: Azure's word that it has begun is enough. */
  readonly waitMs: number;
}

export interface Deletion {
  /** What goes: nothing, where it was not there or not ours. In a dry run: what would go. */
  readonly deleted: 'group' | 'cluster' | 'nothing';
  /** Something is there that is not ours; the reason says whose. */
  readonly refused: boolean;
  /** A clause that says why. */
  readonly reason: string;
}

/** A second look after somebody changed what was about to be deleted. */
const tries = 2;

/**
 * Deletes what the rule allows and nothing else (an empty cluster name: the group alone, if nothing is in it): the group, else the cluster, else nothing. Everything is read right
 * before, and a cluster goes only as it was read. What is absent is fine. `prepare` is called before the deletion of what
 * is there and ours, and may still refuse it. Two to four az processes.
 * @throws ActionError `azure-precondition` when it kept changing, `azure-locked`, the other codes of az, and what
 * `prepare` throws.
 */
export async function deleteOurs(
  az: Az,
  ref: ClusterRef,
  options: DeletionOptions,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Deletion> {
  for (let count = 1; ; count += 1) {
    const holdings = await look(az, ref, options);
    const plan = planDeletion(holdings, options);
    if (plan.kind === 'refused' || plan.kind === 'nothing') {
      if (plan.kind === 'nothing') await waitForPending(az, ref, holdings, options);
      return { deleted: 'nothing', refused: plan.kind === 'refused', reason: plan.reason };
    }
    if (options.dryRun) return { deleted: plan.kind, refused: false, reason: plan.reason };
    if (holdings.cluster) await prepare();
    try {
      await carryOut(az, ref, plan.kind, holdings);
    } catch (error) {
      if (hasCode(error, 'azure-precondition') && count < tries) continue;
      if (!hasCode(error, 'azure-not-found', 'azure-being-deleted')) throw error;
    }
    az.log.info(describe(plan, ref));
    if (options.waitMs > 0) await waitFor(az, ref, plan.kind, options.waitMs);
    return { deleted: plan.kind, refused: false, reason: plan.reason };
  }
}

async function look(az: Az, ref: ClusterRef, rule: DeletionRule): Promise<Holdings> {
  const group = await findGroup(az, ref);
  if (!group || group.state === 'Deleting') return { group, cluster: undefined, resourceIds: undefined };
  const cluster = ref.clusterName === '' ? undefined : await findCluster(az, ref);
  if (cluster && !rule.owned(cluster.tags).owned) return { group, cluster, resourceIds: undefined };
  if (!mayDeleteGroup(group, cluster, rule)) return { group, cluster, resourceIds: undefined };
  const ids = await az.find(listResources(ref), json => asList(json).map(resource => required(resource, 'id')));
  return { group, cluster, resourceIds: ids };
}

/**
 * Starts the deletion. A cluster at rest goes only as it was read; one that Azure is working on changes its etag by
 * itself, and its deletion ends that work.
 */
async function carryOut(az: Az, ref: ClusterRef, what: 'group' | 'cluster', { cluster }: Holdings): Promise<void> {
  const resting = cluster && (cluster.state === 'Succeeded' || isFailed(cluster));
  await az.run(what === 'group' ? deleteGroup(ref) : deleteCluster(ref, resting ? cluster.etag : ''));
}

function describe(plan: DeletionPlan, { resourceGroup, clusterName }: ClusterRef): string {
  const name = plan.kind === 'group' ? `resource group ${resourceGroup}` : `cluster ${clusterName}`;
  return `Deleting ${name}: ${plan.reason}.`;
}

/** A deletion that was begun before is waited for as well, where waiting was asked for. */
async function waitForPending(az: Az, ref: ClusterRef, holdings: Holdings, options: DeletionOptions): Promise<void> {
  if (options.waitMs === 0 || options.dryRun) return;
  if (holdings.group?.state === 'Deleting') await waitFor(az, ref, 'group', options.waitMs);
  else if (holdings.cluster?.state === 'Deleting') await waitFor(az, ref, 'cluster', options.waitMs);
}

async function waitFor(az: Az, ref: ClusterRef, what: 'group' | 'cluster', waitMs: number): Promise<void> {
  const name = what === 'group' ? `resource group ${ref.resourceGroup}` : `cluster ${ref.clusterName}`;
  await waitUntilGone(az, name, waitMs, () => (what === 'group' ? findGroup(az, ref) : findCluster(az, ref)));
}
