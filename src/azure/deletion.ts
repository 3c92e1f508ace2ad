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
  /** Looks and decides, and deletes nothing. */
  readonly dryRun: boolean;
  /** How long to wait until it is gone, in milliseconds; 0: until Azure says that it is being deleted. */
  readonly waitMs: number;
}

export interface Deletion {
  /**
   * What Azure says is being deleted, or is gone: nothing, where it was not there, was being deleted already, or is not
   * ours. In a dry run: what would go.
   */
  readonly deleted: 'group' | 'cluster' | 'nothing';
  /** Something is there that is not ours; the reason says whose. */
  readonly refused: boolean;
  /** A clause that says why. */
  readonly reason: string;
}

/** A second look after somebody changed what was about to be deleted. */
const tries = 2;
/** How long Azure may show the state of before, once it has accepted a deletion, in milliseconds. */
const lagMs = 15_000;

/**
 * Deletes what the rule allows and nothing else: the group, else the cluster, else nothing; with an empty cluster name the
 * group alone, if nothing is in it. Everything is read right before, a cluster goes only as it was read, and that it is
 * being deleted is read back. What is absent is fine. `prepare` is called before the deletion of what is there and ours,
 * and may still refuse it. Two to five az processes.
 * @throws ActionError `azure-precondition` when it kept changing, `azure-locked`, `delete-incomplete` when Azure accepts
 * the deletion and does not begin it, the other codes of az, and what `prepare` throws.
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
    az.log.info(`Deleting ${nameOf(ref, plan.kind)}: ${plan.reason}.`);
    if (options.waitMs > 0) await waitFor(az, ref, plan.kind, options.waitMs);
    else await readBack(az, ref, plan.kind);
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

/** A deletion that was begun before is waited for as well, where waiting was asked for. */
async function waitForPending(az: Az, ref: ClusterRef, holdings: Holdings, options: DeletionOptions): Promise<void> {
  if (options.waitMs === 0 || options.dryRun) return;
  if (holdings.group?.state === 'Deleting') await waitFor(az, ref, 'group', options.waitMs);
  else if (holdings.cluster?.state === 'Deleting') await waitFor(az, ref, 'cluster', options.waitMs);
}

/** An accepted deletion is not yet one that has begun. @throws ActionError `delete-incomplete`. */
async function readBack(az: Az, ref: ClusterRef, what: 'group' | 'cluster'): Promise<void> {
  let state = '';
  await pollUntil(az, {
    look: async () => {
      state = (await find(az, ref, what))?.state ?? 'Deleting';
      return state === 'Deleting' ? true : undefined;
    },
    deadlineMs: az.clock.now() + lagMs,
    onDeadline: last => {
      const seen = state === '' ? 'its state could not be read' : `its state is still ${state}`;
      const message = `Azure accepted the deletion of ${nameOf(ref, what)}, but ${seen} after ${lagMs / 1000} s.`;
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
