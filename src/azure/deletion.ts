import { ActionError, hasCode } from '../errors/action-error.js';
import { asList, required } from '../runtime/json.js';
import type { Az } from './az.js';
import { deleteCluster } from './cluster-commands.js';
import { findCluster } from './cluster-wait.js';
import { isFailed } from './cluster.js';
import { type ClusterRef, deleteGroup, listResources } from './commands.js';
import { type DeletionRule, type Holdings, mayDeleteGroup, planDeletion } from './deletion-plan.js';
import { findGroup } from './groups.js';
import { pollUntil, waitUntilGone } from './polling.js';

export interface DeletionOptions extends DeletionRule {
  /** Only decides, and deletes nothing. */
  readonly dryRun: boolean;
  /**
   * How long to wait for the end of the deletion, in milliseconds; 0 waits only until Azure reports the state Deleting.
   */
  readonly waitMs: number;
}

export interface Deletion {
  /**
   * What Azure is deleting or has deleted: `nothing` if it did not exist, was already being deleted, or is not owned.
   * In a dry run: what would be deleted.
   */
  readonly deleted: 'group' | 'cluster' | 'nothing';
  /** Whether an existing resource is not owned; the reason says by whom. */
  readonly refused: boolean;
  /** The reason, as a clause. */
  readonly reason: string;
}

/** How often the decision is made: a second time if the resource changed before its deletion. */
const tries = 2;
/** How long Azure may show the previous state after it has accepted a deletion, in milliseconds. */
const lagMs = 15_000;

/**
 * Deletes only what the rule allows: the resource group, else the cluster, else nothing; with an empty cluster name,
 * the group only, if it is empty. All state is read right before the deletion; a cluster is deleted only if it is
 * unchanged since then, and the deletion is confirmed by reading the state. A resource that does not exist is not an
 * error. `prepare` is called before the deletion of an owned cluster and may still prevent it. Starts two to five az
 * processes.
 * @throws ActionError `azure-precondition` when the cluster keeps changing, `azure-locked`, `delete-incomplete` when
 * Azure accepts the deletion but does not start it, the other codes of az, and what `prepare` throws.
 */
export async function deleteOurs(
  az: Az,
  ref: ClusterRef,
  options: DeletionOptions,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Deletion> {
  for (let count = 1; ; count += 1) {
    const holdings = await readHoldings(az, ref, options);
    const plan = planDeletion(holdings, options);
    if (plan.kind === 'refused' || plan.kind === 'nothing') {
      if (plan.kind === 'nothing') await waitForPending(az, ref, holdings, options);
      return { deleted: 'nothing', refused: plan.kind === 'refused', reason: plan.reason };
    }
    if (options.dryRun) return { deleted: plan.kind, refused: false, reason: plan.reason };
    if (holdings.cluster) await prepare();
    try {
      await startDeletion(az, ref, plan.kind, holdings);
    } catch (error) {
      if (hasCode(error, 'azure-precondition') && count < tries) continue;
      if (!hasCode(error, 'azure-not-found', 'azure-being-deleted')) throw error;
    }
    az.log.info(`Deleting ${nameOf(ref, plan.kind)}: ${plan.reason}.`);
    if (options.waitMs > 0) await waitFor(az, ref, plan.kind, options.waitMs);
    else await confirmDeletion(az, ref, plan.kind);
    return { deleted: plan.kind, refused: false, reason: plan.reason };
  }
}

async function readHoldings(az: Az, ref: ClusterRef, rule: DeletionRule): Promise<Holdings> {
  const group = await findGroup(az, ref);
  if (!group || group.state === 'Deleting') return { group, cluster: undefined, resourceIds: undefined };
  const cluster = ref.clusterName === '' ? undefined : await findCluster(az, ref);
  if (cluster && !rule.owned(cluster.tags).owned) return { group, cluster, resourceIds: undefined };
  if (!mayDeleteGroup(group, cluster, rule)) return { group, cluster, resourceIds: undefined };
  const ids = await az.find(listResources(ref), json => asList(json).map(resource => required(resource, 'id')));
  return { group, cluster, resourceIds: ids };
}

/**
 * Starts the deletion. A cluster at rest is deleted only if its etag is unchanged. During an operation, Azure changes
 * the etag itself, so it is not checked; the deletion ends that operation.
 */
async function startDeletion(az: Az, ref: ClusterRef, what: 'group' | 'cluster', { cluster }: Holdings): Promise<void> {
  const atRest = cluster && (cluster.state === 'Succeeded' || isFailed(cluster));
  await az.run(what === 'group' ? deleteGroup(ref) : deleteCluster(ref, atRest ? cluster.etag : ''));
}

/** Waits for a deletion that was already in progress, if the options request it. */
async function waitForPending(az: Az, ref: ClusterRef, holdings: Holdings, options: DeletionOptions): Promise<void> {
  if (options.waitMs === 0 || options.dryRun) return;
  if (holdings.group?.state === 'Deleting') await waitFor(az, ref, 'group', options.waitMs);
  else if (holdings.cluster?.state === 'Deleting') await waitFor(az, ref, 'cluster', options.waitMs);
}

/** Waits until the accepted deletion has started. @throws ActionError `delete-incomplete`. */
async function confirmDeletion(az: Az, ref: ClusterRef, what: 'group' | 'cluster'): Promise<void> {
  let state = '';
  await pollUntil(az, {
    look: async () => {
      state = (await find(az, ref, what))?.state ?? 'Deleting';
      return state === 'Deleting' ? true : undefined;
    },
    deadlineMs: az.clock.now() + lagMs,
    onDeadline: last => {
      const observed = state === '' ? 'its state could not be read' : `its state is still ${state}`;
      const message = `Azure accepted the deletion of ${nameOf(ref, what)}, but ${observed} after ${lagMs / 1000} s.`;
      return new ActionError('delete-incomplete', message, { evidence: last?.message ?? '' });
    },
  });
}

async function waitFor(az: Az, ref: ClusterRef, what: 'group' | 'cluster', waitMs: number): Promise<void> {
  await waitUntilGone(az, nameOf(ref, what), waitMs, () => find(az, ref, what));
}

function find(az: Az, ref: ClusterRef, what: 'group' | 'cluster'): Promise<{ readonly state: string } | undefined> {
  return what === 'group' ? findGroup(az, ref) : findCluster(az, ref);
}

function nameOf({ resourceGroup, clusterName }: ClusterRef, what: 'group' | 'cluster'): string {
  return what === 'group' ? `resource group ${resourceGroup}` : `cluster ${clusterName}`;
}
