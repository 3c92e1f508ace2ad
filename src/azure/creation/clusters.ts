import { ActionError, hasCode } from '../../errors/action-error.js';
import type { AzureClient } from '../arm/client.js';
import { findTwice } from '../arm/polling.js';
import { whileUnchanged } from '../arm/unchanged.js';
import { explainByActivity } from '../cluster/activity.js';
import { type ClusterPlan, createCluster } from '../cluster/cluster-commands.js';
import { findCluster, waitForCluster } from '../cluster/cluster-wait.js';
import type { AksCluster } from '../cluster/cluster.js';
import { followDeletion, startDeletion } from '../deletion/deletion.js';
import { readTag } from '../ownership/tags.js';
import { type Claim, planForExisting } from './existing.js';

export interface CreatePlan extends ClusterPlan {
  /** Tried in order. */
  readonly vmSizes: readonly string[];
  readonly claim: Claim;
  /** Whether this run has just created the resource group, which therefore contains no cluster. */
  readonly groupCreated: boolean;
  /** The deadline of the creation, in milliseconds of the clock. */
  readonly deadlineMs: number;
}

export interface EnsuredCluster {
  readonly cluster: AksCluster;
  /** Whether this run created it, now or in a former attempt. False for a reused cluster. */
  readonly created: boolean;
  /**
   * The creation id in the tags: that of a former attempt if it created the cluster; empty if the action did not create
   * it.
   */
  readonly creationId: string;
}

/** Called with the creation id right before this run requests or adopts a resource, so that it can be undone. */
export type RecordCreation = (creationId: string) => void;

const requestTries = 2;

/**
 * Creates the cluster, or uses the existing one, and waits until Azure has finished. In the normal case, this takes one
 * az process plus polling. After a failed or lost response, the state is read again, because the request may have taken
 * effect; the creation id in the tags identifies the cluster of this run. If Azure cannot provide a size, the next one
 * is tried after the failed cluster is deleted.
 * @throws ActionError `cluster-exists`, `cluster-create-failed`, `cluster-create-timeout`, and the codes of Azure.
 */
export async function ensureCluster(
  azure: AzureClient,
  plan: CreatePlan,
  record: RecordCreation,
): Promise<EnsuredCluster> {
  const existing = await useExisting(azure, plan, record);
  if (existing) return existing;

  const failures: ActionError[] = [];
  for (const [index, vmSize] of plan.vmSizes.entries()) {
    const outcome = await createWithSize(azure, plan, vmSize, record);
    if (!(outcome instanceof ActionError)) return outcome;
    failures.push(outcome);
    const next = plan.vmSizes[index + 1];
    if (next === undefined || !isAboutSize(outcome)) break;
    azure.log.warning(`${vmSize} is not available: ${outcome.message} Trying ${next}.`);
    await removeFailed(azure, plan);
  }
  throw joinSizeErrors(failures, plan.vmSizes);
}

/**
 * Looks for an existing cluster before the first request, if one may be used: with `existing-cluster: reuse`, and in a
 * rerun whose former attempt may have left one. Otherwise Azure rejects the request when the name is in use.
 */
async function useExisting(
  azure: AzureClient,
  plan: CreatePlan,
  record: RecordCreation,
): Promise<EnsuredCluster | undefined> {
  const { existingCluster, owner } = plan.claim;
  if (plan.groupCreated || (existingCluster === 'fail' && owner.attempt === '1')) return undefined;
  const found = await findTwice(azure, () => findCluster(azure, plan.ref));
  const outcome = found && (await applyExistingPlan(azure, plan, found, record));
  if (outcome instanceof ActionError) throw outcome;
  return outcome;
}

/** Returns whether another VM size may help. Quota is checked before, and only the user can raise it. */
function isAboutSize(error: ActionError): boolean {
  return hasCode(error, 'azure-capacity', 'azure-size-unavailable');
}

/** Returns one error for all tried sizes: the code of the last one, and the message of each. */
function joinSizeErrors(failures: readonly ActionError[], vmSizes: readonly string[]): ActionError {
  const last = failures.at(-1) ?? new ActionError('invalid-input', 'Input node-vm-size contains no size.');
  if (failures.length <= 1) return last;
  const each = failures.map((failure, index) => `${vmSizes[index] ?? ''}: ${failure.message}`).join('\n');
  const { code, hint, evidence } = last;
  return new ActionError(code, `No size of node-vm-size is available.\n${each}`, { hint, evidence, cause: last });
}

/** Requests the cluster with one size. Returns the ready cluster, or why this size failed. */
async function createWithSize(
  azure: AzureClient,
  plan: CreatePlan,
  vmSize: string,
  record: RecordCreation,
): Promise<EnsuredCluster | ActionError> {
  for (let tries = 1; ; tries += 1) {
    record(plan.claim.creationId);
    const refusal = await request(azure, plan, vmSize);
    if (!refusal) return finish(azure, plan, true);
    const found = await findCluster(azure, plan.ref);
    const outcome = found && (await applyExistingPlan(azure, plan, found, record, refusal));
    if (outcome) return outcome;
    if (found === undefined && !isLost(refusal)) return refusal;
    if (tries >= requestTries) return refusal;
    azure.log.info(`Cluster ${plan.ref.clusterName} does not exist after this error, so it is requested again.`);
  }
}

/** Requests the cluster. Returns the error, if any; the request may have taken effect nevertheless. */
async function request(azure: AzureClient, plan: CreatePlan, vmSize: string): Promise<ActionError | undefined> {
  try {
    await azure.run(createCluster(plan, vmSize));
    return undefined;
  } catch (error) {
    azure.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    azure.log.info(`${error.message} (${error.code})`);
    return error;
  }
}

/**
 * Returns whether an error does not say if the same request would succeed: the response was lost or contradictory, or
 * the resource group is not yet visible.
 */
function isLost(error: ActionError): boolean {
  return hasCode(error, 'azure-unavailable', 'command-timeout', 'azure-busy', 'azure-precondition', 'azure-not-found');
}

/**
 * Applies the plan for an existing cluster. Returns undefined when it is deleted, so that it can be requested. If a
 * rejected request left a Failed cluster, returns the error of that request.
 */
async function applyExistingPlan(
  azure: AzureClient,
  plan: CreatePlan,
  found: AksCluster,
  record: RecordCreation,
  refusal?: ActionError,
): Promise<EnsuredCluster | ActionError | undefined> {
  const decision = planForExisting(found, plan.claim);
  switch (decision.kind) {
    case 'refuse':
      throw decision.error;
    case 'replace':
      if (refusal) return isLost(refusal) ? explainByActivity(azure, found) : refusal;
      await removeFailed(azure, plan);
      return undefined;
    case 'wait-until-gone':
      azure.log.info(`Cluster ${found.name} is being deleted; waiting for the deletion.`);
      await followDeletion(azure, { ref: plan.ref, kind: 'cluster' }, 'pending', leftMs(azure, plan));
      return undefined;
    case 'adopt':
      azure.log.info(`Cluster ${found.name} exists (${found.state}): ${decision.reason}.`);
      if (decision.own) record(readTag(found.tags, 'creation-id'));
      if (found.state === 'Succeeded') return ensured(found, decision.own);
      return finish(azure, plan, decision.own);
  }
}

async function finish(azure: AzureClient, plan: CreatePlan, created: boolean): Promise<EnsuredCluster | ActionError> {
  const cluster = await waitForCluster(azure, plan.ref, plan.deadlineMs);
  return cluster instanceof ActionError ? cluster : ensured(cluster, created);
}

function ensured(cluster: AksCluster, created: boolean): EnsuredCluster {
  return { cluster, created, creationId: readTag(cluster.tags, 'creation-id') };
}

/** Deletes a Failed cluster of this run and waits for the deletion. @throws ActionError `ownership-mismatch`. */
async function removeFailed(azure: AzureClient, plan: CreatePlan): Promise<void> {
  const { ref, claim } = plan;
  const deletion = await whileUnchanged(
    () => findCluster(azure, ref),
    async (cluster, etag) => {
      if (cluster === undefined) return 'gone';
      const decision = planForExisting(cluster, claim);
      if (decision.kind === 'wait-until-gone') return 'pending';
      if (decision.kind !== 'replace') {
        const message = `Cluster ${cluster.name} (${cluster.state}) is not replaced: it is not a failed cluster of this run.`;
        throw new ActionError('ownership-mismatch', message);
      }
      azure.log.info(`Deleting cluster ${cluster.name} to create it again: ${decision.reason}.`);
      return startDeletion(azure, { ref, kind: 'cluster' }, etag);
    },
  );
  if (deletion !== 'gone') await followDeletion(azure, { ref, kind: 'cluster' }, deletion, leftMs(azure, plan));
}

/** Returns the time until the deadline, in milliseconds; at least 1, because 0 would not wait for a deletion. */
function leftMs({ clock }: AzureClient, { deadlineMs }: CreatePlan): number {
  return Math.max(1, deadlineMs - clock.now());
}
