import { ActionError, hasCode, toActionError } from '../../errors/action-error.js';
import { withoutPeriod } from '../../runtime/text.js';
import type { AzureClient, Operation } from '../arm/client.js';
import { pollUntil, stillDeleting } from '../arm/polling.js';
import { ArmError } from '../arm/send.js';
import { whileUnchanged } from '../arm/unchanged.js';
import { deleteCluster } from '../cluster/cluster-requests.js';
import { findCluster } from '../cluster/cluster-wait.js';
import { isFailed } from '../cluster/cluster.js';
import { deleteGroup } from '../cluster/group-requests.js';
import { findGroup } from '../cluster/groups.js';
import type { ClusterRef } from '../ref.js';
import { type DeletionPlan, type DeletionRule, type Holdings, planDeletion } from './deletion-plan.js';
import { readHoldings } from './holdings.js';

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

/** What a deletion deletes: a cluster, or its resource group with all that it contains. */
interface Deletable {
  readonly ref: ClusterRef;
  readonly kind: 'group' | 'cluster';
}

/** How long Azure may show the previous state after it has accepted a deletion, in milliseconds. */
const lagMs = 15_000;

/** What is known when a deletion has begun, or is not to begin. */
export interface BegunDeletion {
  readonly plan: DeletionPlan;
  readonly holdings: Holdings;
  /** Present once the deletion is requested; without an operation if the resource was gone or already Deleting. */
  readonly started?: { readonly operation: Operation | undefined };
}

/**
 * Calls `begin`, which reads everything again and begins the deletion, while nobody works on the cluster; with a client
 * whose signal aborts when that is no longer certain. It may throw instead.
 */
export type DeletionGuard = (begin: (azure: AzureClient) => Promise<BegunDeletion>) => Promise<BegunDeletion>;

/**
 * Deletes only what the rule allows: the resource group, else the cluster, else nothing; with an empty cluster name,
 * the group only, if it is empty. All state is read right before the deletion; a cluster is deleted only if it is
 * unchanged since then, and the deletion is confirmed by reading the state. A resource that does not exist is not an
 * error. The deletion of an owned cluster begins under the guard.
 * @throws ActionError `azure-precondition` when the cluster keeps changing, `azure-locked`, `delete-incomplete` when
 * Azure accepts the deletion but does not carry it out, the other codes of Azure, and what the guard throws.
 */
export async function deleteOurs(
  azure: AzureClient,
  ref: ClusterRef,
  options: DeletionOptions,
  guard?: DeletionGuard,
): Promise<Deletion> {
  let requested: Deletion['deleted'] = 'nothing';
  const begin = (client: AzureClient, isGuarded: boolean): Promise<BegunDeletion> =>
    whileUnchanged(
      async () => withCondition(await readHoldings(client, ref, options)),
      async ({ holdings }, etag) => {
        const plan = planDeletion(holdings, options);
        if (!isDeletion(plan) || options.dryRun || (holdings.cluster && !isGuarded)) return { plan, holdings };
        requested = plan.kind;
        const what = { ref, kind: plan.kind };
        const operation = await startDeletion(client, what, etag);
        azure.log.info(`Deleting ${nameOf(what)}: ${plan.reason}.`);
        return { plan, holdings, started: { operation } };
      },
    );
  let begun = await begin(azure, guard === undefined);
  // It may take minutes, in which others may change what the decision is about, so everything is read again.
  if (guard && isDeletion(begun.plan) && !begun.started && !options.dryRun)
    begun = await guard(client => begin(client, true));
  const { plan, holdings, started } = begun;
  const { reason } = plan;
  if (!isDeletion(plan)) {
    if (plan.kind === 'refused') return { deleted: 'nothing', refused: true, reason };
    await waitForPending(azure, ref, holdings, options);
    // Our own request may have changed the resource, and its response may have been lost.
    return { deleted: requested, refused: false, reason };
  }
  if (started) await followDeletion(azure, { ref, kind: plan.kind }, started.operation, options.waitMs);
  return { deleted: plan.kind, refused: false, reason };
}

function isDeletion(plan: DeletionPlan): plan is DeletionPlan & Pick<Deletable, 'kind'> {
  return plan.kind === 'group' || plan.kind === 'cluster';
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
export async function startDeletion(
  azure: AzureClient,
  { ref, kind }: Deletable,
  etag: string,
): Promise<Operation | undefined> {
  try {
    return await azure.begin(kind === 'group' ? deleteGroup(ref) : deleteCluster(ref, etag));
  } catch (error) {
    if (hasCode(error, 'azure-not-found', 'azure-being-deleted')) return undefined;
    throw error;
  }
}

/**
 * Waits until a deletion has begun, and for its end if `waitMs` is not 0. `deletion` is the operation, `pending` if the
 * resource was already Deleting, or undefined if neither is known.
 * @throws ActionError `delete-incomplete`, `azure-being-deleted` at the limit.
 */
export async function followDeletion(
  azure: AzureClient,
  what: Deletable,
  deletion: Operation | 'pending' | undefined,
  waitMs: number,
): Promise<void> {
  if (deletion === undefined || waitMs === 0) await confirmDeletion(azure, what, deletion !== undefined);
  if (waitMs > 0) await waitUntilDeleted(azure, what, deletion, waitMs);
}

/** Waits for a deletion that was already in progress, if the options request it. */
async function waitForPending(
  azure: AzureClient,
  ref: ClusterRef,
  holdings: Holdings,
  options: DeletionOptions,
): Promise<void> {
  if (options.waitMs === 0 || options.dryRun) return;
  if (holdings.group?.state === 'Deleting')
    await waitUntilDeleted(azure, { ref, kind: 'group' }, 'pending', options.waitMs);
  else if (holdings.cluster?.state === 'Deleting')
    await waitUntilDeleted(azure, { ref, kind: 'cluster' }, 'pending', options.waitMs);
}

/**
 * Waits until the deletion has started. `accepted` says whether Azure has accepted the request, or did not find the
 * resource. @throws ActionError `delete-incomplete`.
 */
async function confirmDeletion(azure: AzureClient, what: Deletable, accepted: boolean): Promise<void> {
  let state = '';
  await pollUntil(azure, {
    look: async () => {
      state = (await find(azure, what))?.state ?? 'Deleting';
      return state === 'Deleting' ? true : undefined;
    },
    deadlineMs: azure.clock.now() + lagMs,
    onDeadline: last => {
      const observed = state === '' ? 'its state could not be read' : `its state is still ${state}`;
      const done = accepted ? 'Azure accepted the deletion of' : 'Azure did not accept the deletion of';
      const message = `${done} ${nameOf(what)}, but ${observed} after ${lagMs / 1000} s.`;
      return new ActionError('delete-incomplete', message, { evidence: last?.message ?? '' });
    },
  });
}

/**
 * Waits until a resource is deleted; `deletion` is that of `followDeletion`. A failure is reported at once: Azure then
 * returns the resource to its former state ("Resource group deletion").
 * @throws ActionError `delete-incomplete` when the deletion failed, `azure-being-deleted` at the limit.
 */
async function waitUntilDeleted(
  azure: AzureClient,
  what: Deletable,
  deletion: Operation | 'pending' | undefined,
  waitMs: number,
): Promise<void> {
  const name = nameOf(what);
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
      const state = (await find(azure, what))?.state;
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

function find(azure: AzureClient, { ref, kind }: Deletable): Promise<{ readonly state: string } | undefined> {
  return kind === 'group' ? findGroup(azure, ref) : findCluster(azure, ref);
}

function nameOf({ ref, kind }: Deletable): string {
  return kind === 'group' ? `resource group ${ref.resourceGroup}` : `cluster ${ref.clusterName}`;
}
