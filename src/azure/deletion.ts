import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { withoutPeriod } from '../runtime/text.js';
import { ArmError } from './arm/send.js';
import type { AzureClient, Operation } from './client.js';
import { deleteCluster } from './cluster-requests.js';
import { findCluster } from './cluster-wait.js';
import { isFailed } from './cluster.js';
import { type DeletionRule, type Holdings, planDeletion } from './deletion-plan.js';
import { deleteGroup } from './group-requests.js';
import { findGroup } from './groups.js';
import { readHoldings } from './holdings.js';
import { pollUntil, stillDeleting } from './polling.js';
import type { ClusterRef } from './ref.js';
import { whileUnchanged } from './unchanged.js';

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

/** How long Azure may show the previous state after it has accepted a deletion, in milliseconds. */
const lagMs = 15_000;

/**
 * Deletes only what the rule allows: the resource group, else the cluster, else nothing; with an empty cluster name,
 * the group only, if it is empty. All state is read right before the deletion; a cluster is deleted only if it is
 * unchanged since then, and the deletion is confirmed by reading the state. A resource that does not exist is not an
 * error. `prepare` is called before the deletion of an owned cluster and may still prevent it.
 * @throws ActionError `azure-precondition` when the cluster keeps changing, `azure-locked`, `delete-incomplete` when
 * Azure accepts the deletion but does not carry it out, the other codes of Azure, and what `prepare` throws.
 */
export async function deleteOurs(
  azure: AzureClient,
  ref: ClusterRef,
  options: DeletionOptions,
  prepare?: () => Promise<void>,
): Promise<Deletion> {
  let requested: Deletion['deleted'] = 'nothing';
  let prepared = false;
  const decide = async ({ holdings }: ReadState, etag: string): Promise<Deletion> => {
    const plan = planDeletion(holdings, options);
    const { kind, reason } = plan;
    if (kind === 'refused' || kind === 'nothing') {
      if (kind === 'nothing') await waitForPending(azure, ref, holdings, options);
      // Our own request may have changed the resource, and its response may have been lost.
      return { deleted: kind === 'nothing' ? requested : 'nothing', refused: kind === 'refused', reason };
    }
    if (options.dryRun) return { deleted: kind, refused: false, reason };
    if (prepare && holdings.cluster && !prepared) {
      await prepare();
      prepared = true;
      // It may take minutes, in which others may have changed what the decision is about.
      const now = withCondition(await readHoldings(azure, ref, options));
      return decide(now, now.etag);
    }
    requested = kind;
    const deletion = await startDeletion(azure, ref, kind, etag);
    azure.log.info(`Deleting ${nameOf(ref, kind)}: ${reason}.`);
    if (deletion === undefined || options.waitMs === 0) await confirmDeletion(azure, ref, kind, deletion !== undefined);
    if (options.waitMs > 0) await waitUntilDeleted(azure, ref, kind, deletion, options.waitMs);
    return { deleted: kind, refused: false, reason };
  };
  return whileUnchanged(async () => withCondition(await readHoldings(azure, ref, options)), decide);
}

interface ReadState {
  readonly holdings: Holdings;
  /**
   * The condition of the deletion; empty for none. During an operation, Azure changes the etag itself, so it is not checked; the
   * deletion ends that operation.
   */
  readonly etag: string;
}

function withCondition(holdings: Holdings): ReadState {
  const { cluster } = holdings;
  const atRest = cluster && (cluster.state === 'Succeeded' || isFailed(cluster));
  return { holdings, etag: atRest ? cluster.etag : '' };
}

/** Starts the deletion; undefined if the resource no longer exists or is already being deleted. */
async function startDeletion(
  azure: AzureClient,
  ref: ClusterRef,
  what: 'group' | 'cluster',
  etag: string,
): Promise<Operation | undefined> {
  try {
    return await azure.begin(what === 'group' ? deleteGroup(ref) : deleteCluster(ref, etag));
  } catch (error) {
    if (hasCode(error, 'azure-not-found', 'azure-being-deleted')) return undefined;
    throw error;
  }
}

/** Waits for a deletion that was already in progress, if the options request it. */
async function waitForPending(
  azure: AzureClient,
  ref: ClusterRef,
  holdings: Holdings,
  options: DeletionOptions,
): Promise<void> {
  if (options.waitMs === 0 || options.dryRun) return;
  if (holdings.group?.state === 'Deleting') await waitUntilDeleted(azure, ref, 'group', 'pending', options.waitMs);
  else if (holdings.cluster?.state === 'Deleting')
    await waitUntilDeleted(azure, ref, 'cluster', 'pending', options.waitMs);
}

/**
 * Waits until the deletion has started. `accepted` says whether Azure has accepted the request, or did not find the
 * resource. @throws ActionError `delete-incomplete`.
 */
async function confirmDeletion(
  azure: AzureClient,
  ref: ClusterRef,
  what: 'group' | 'cluster',
  accepted: boolean,
): Promise<void> {
  let state = '';
  await pollUntil(azure, {
    look: async () => {
      state = (await find(azure, ref, what))?.state ?? 'Deleting';
      return state === 'Deleting' ? true : undefined;
    },
    deadlineMs: azure.clock.now() + lagMs,
    onDeadline: last => {
      const observed = state === '' ? 'its state could not be read' : `its state is still ${state}`;
      const done = accepted ? 'Azure accepted the deletion of' : 'Azure did not accept the deletion of';
      const message = `${done} ${nameOf(ref, what)}, but ${observed} after ${lagMs / 1000} s.`;
      return new ActionError('delete-incomplete', message, { evidence: last?.message ?? '' });
    },
  });
}

/**
 * Waits until a resource is deleted. `deletion` is the operation, `pending` if the resource was already Deleting, or
 * undefined if neither is known. A failure is reported at once: Azure then returns the resource to its former state
 * ("Resource group deletion").
 * @throws ActionError `delete-incomplete` when the deletion failed, `azure-being-deleted` at the limit.
 */
async function waitUntilDeleted(
  azure: AzureClient,
  ref: ClusterRef,
  what: 'group' | 'cluster',
  deletion: Operation | 'pending' | undefined,
  waitMs: number,
): Promise<void> {
  const name = nameOf(ref, what);
  const deadlineMs = azure.clock.now() + waitMs;
  try {
    if (deletion !== 'pending') await deletion?.ended(waitMs);
  } catch (error) {
    azure.signal.throwIfAborted();
    if (hasCode(error, 'command-timeout')) throw stillDeleting(name, waitMs, error.message);
    // A poll that Azure refuses says nothing about the deletion, and the URL may expire: the state of the resource decides.
    const isPollRefused = error instanceof ArmError && error.status !== 409;
    if (!isPollRefused) throw failedDeletion(name, toActionError(error).message, error);
  }
  let seenDeleting = deletion === 'pending';
  // The failure is returned, not thrown: its code is transient, and a poll survives transient errors.
  const failure = await pollUntil<ActionError | 'gone'>(azure, {
    look: async () => {
      const state = (await find(azure, ref, what))?.state;
      if (state === undefined) return 'gone';
      if (seenDeleting && state !== 'Deleting') return failedDeletion(name, `its state is ${state}`);
      seenDeleting ||= state === 'Deleting';
      return undefined;
    },
    deadlineMs,
    onDeadline: last => stillDeleting(name, waitMs, last?.message ?? ''),
  });
  if (failure !== 'gone') throw failure;
}

function failedDeletion(name: string, reason: string, cause?: unknown): ActionError {
  const message = `The deletion of ${name} failed: ${withoutPeriod(reason)}.`;
  const known = cause instanceof ActionError ? { hint: cause.hint, evidence: cause.evidence } : {};
  return new ActionError('delete-incomplete', message, { ...known, cause });
}

function find(
  azure: AzureClient,
  ref: ClusterRef,
  what: 'group' | 'cluster',
): Promise<{ readonly state: string } | undefined> {
  return what === 'group' ? findGroup(azure, ref) : findCluster(azure, ref);
}

function nameOf({ resourceGroup, clusterName }: ClusterRef, what: 'group' | 'cluster'): string {
  return what === 'group' ? `resource group ${resourceGroup}` : `cluster ${clusterName}`;
}
