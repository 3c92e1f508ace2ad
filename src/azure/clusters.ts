import { ActionError, hasCode } from '../errors/action-error.js';
import { explainByActivity } from './activity.js';
import type { Az } from './az.js';
import { type ClusterPlan, createCluster, deleteCluster } from './cluster-commands.js';
import { findCluster, waitForCluster, waitUntilClusterGone } from './cluster-wait.js';
import type { AksCluster } from './cluster.js';
import { type Claim, planForExisting } from './existing.js';
import { readTag } from './tags.js';

export interface CreatePlan extends ClusterPlan {
  /** Tried in order. */
  readonly vmSizes: readonly string[];
  readonly claim: Claim;
  /** Whether this run has just made the group, which therefore holds no cluster yet. */
  readonly groupCreated: boolean;
  /** When Azure must have finished, on the scale of the clock, in milliseconds. */
  readonly deadlineMs: number;
}

export interface EnsuredCluster {
  readonly cluster: AksCluster;
  /** Whether it is this run's own: made now, or by a former attempt. A reused cluster of others is not. */
  readonly created: boolean;
  /** What the cluster is tagged with: a former attempt's id where that made it, empty where nobody of ours did. */
  readonly creationId: string;
}

/** Called with the creation id right before something of this run is requested or adopted, so that it can be undone. */
export type RecordCreation = (creationId: string) => void;

const requestTries = 2;

/**
 * Makes the cluster, or takes the one that is there, and waits until Azure has finished it. When all goes well this is
 * one az process and its looks. After every failed or lost answer the state is read again, since the request may have
 * taken effect: the creation id in the tags tells whether it was ours. A size that Azure cannot give is followed by the
 * next one, once the cluster that failed with it is gone.
 * @throws ActionError `cluster-exists`, `cluster-create-failed`, `cluster-create-timeout`, and the codes of az.
 */
export async function ensureCluster(az: Az, plan: CreatePlan, record: RecordCreation): Promise<EnsuredCluster> {
  const { deadlineMs } = plan;
  const existing = await takeExisting(az, plan, deadlineMs, record);
  if (existing) return existing;

  const failures: ActionError[] = [];
  for (const [index, vmSize] of plan.vmSizes.entries()) {
    const outcome = await createWithSize(az, plan, vmSize, deadlineMs, record);
    if (!(outcome instanceof ActionError)) return outcome;
    failures.push(outcome);
    const next = plan.vmSizes[index + 1];
    if (next === undefined || !isAboutSize(outcome)) break;
    az.log.warning(`${vmSize} cannot be had: ${outcome.message} Trying ${next}.`);
    const failed = await findCluster(az, plan.ref);
    if (failed) await removeFailed(az, plan, failed, deadlineMs);
  }
  throw summarise(failures, plan.vmSizes);
}

/**
 * Looks for a cluster before the first request where one may be welcome: on reuse, and in a rerun, whose former attempt
 * may have left one. Everybody else simply asks, and Azure refuses when the name is taken.
 */
async function takeExisting(
  az: Az,
  plan: CreatePlan,
  deadlineMs: number,
  record: RecordCreation,
): Promise<EnsuredCluster | undefined> {
  const { existingCluster, owner } = plan.claim;
  if (plan.groupCreated || (existingCluster === 'fail' && owner.attempt === '1')) return undefined;
  const found = await findCluster(az, plan.ref);
  const outcome = found && (await settle(az, plan, found, deadlineMs, record));
  if (outcome instanceof ActionError) throw outcome;
  return outcome;
}

/** Whether another machine size may help. Quota is counted beforehand, and is the user's to raise. */
function isAboutSize(error: ActionError): boolean {
  return hasCode(error, 'azure-capacity', 'azure-size-unavailable');
}

/** One error for all sizes that were tried: the last one's code, and what each of them met. */
function summarise(failures: readonly ActionError[], vmSizes: readonly string[]): ActionError {
  const last = failures.at(-1) ?? new ActionError('invalid-input', 'Input node-vm-size names no size.');
  if (failures.length <= 1) return last;
  const each = failures.map((failure, index) => `${vmSizes[index] ?? ''}: ${failure.message}`).join('\n');
  const { code, hint, evidence } = last;
  return new ActionError(code, `No size of node-vm-size could be had.\n${each}`, { hint, evidence, cause: last });
}

/** Requests the cluster with one size; gives it when it is ready, or why this size failed. */
async function createWithSize(
  az: Az,
  plan: CreatePlan,
  vmSize: string,
  deadlineMs: number,
  record: RecordCreation,
): Promise<EnsuredCluster | ActionError> {
  for (let tries = 1; ; tries += 1) {
    record(plan.claim.creationId);
    const refusal = await request(az, plan, vmSize);
    if (!refusal) return finish(az, plan, deadlineMs, true);
    const found = await findCluster(az, plan.ref);
    const outcome = found && (await settle(az, plan, found, deadlineMs, record, refusal));
    if (outcome) return outcome;
    if (found === undefined && !isLost(refusal)) return refusal;
    if (tries >= requestTries) return refusal;
    az.log.info(`Cluster ${plan.ref.clusterName} is not there after that answer, so it is requested again.`);
  }
}

/** Asks Azure for the cluster; gives the error, if any, without judging yet whether the request took effect. */
async function request(az: Az, plan: CreatePlan, vmSize: string): Promise<ActionError | undefined> {
  try {
    await az.run(createCluster(plan, vmSize));
    return undefined;
  } catch (error) {
    az.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    az.log.info(`${error.message} (${error.code})`);
    return error;
  }
}

/** Answers that say nothing about whether the same request would succeed: lost, contradicted, or of a group just made. */
function isLost(error: ActionError): boolean {
  return hasCode(error, 'azure-unavailable', 'command-timeout', 'azure-busy', 'azure-precondition', 'azure-not-found');
}

/**
 * Follows the decision about a cluster that is there: undefined when it is gone now, so that it can be requested. A
 * request that was refused for a reason and left a Failed cluster is told by its own words.
 */
async function settle(
  az: Az,
  plan: CreatePlan,
  found: AksCluster,
  deadlineMs: number,
  record: RecordCreation,
  refusal?: ActionError,
): Promise<EnsuredCluster | ActionError | undefined> {
  const decision = planForExisting(found, plan.claim);
  switch (decision.kind) {
    case 'refuse':
      throw decision.error;
    case 'replace':
      if (refusal) return isLost(refusal) ? explainByActivity(az, found) : refusal;
      await removeFailed(az, plan, found, deadlineMs);
      return undefined;
    case 'wait-until-gone':
      az.log.info(`Cluster ${found.name} is being deleted; waiting until it is gone.`);
      await waitUntilClusterGone(az, plan.ref, deadlineMs);
      return undefined;
    case 'adopt':
      az.log.info(`Cluster ${found.name} is there (${found.state}): ${decision.reason}.`);
      if (decision.own) record(readTag(found.tags, 'creation-id'));
      if (found.state === 'Succeeded') return ensured(found, decision.own);
      return finish(az, plan, deadlineMs, decision.own);
  }
}

async function finish(
  az: Az,
  plan: CreatePlan,
  deadlineMs: number,
  created: boolean,
): Promise<EnsuredCluster | ActionError> {
  const cluster = await waitForCluster(az, plan.ref, deadlineMs);
  return cluster instanceof ActionError ? cluster : ensured(cluster, created);
}

function ensured(cluster: AksCluster, created: boolean): EnsuredCluster {
  return { cluster, created, creationId: readTag(cluster.tags, 'creation-id') };
}

/** Deletes a Failed cluster of ours and waits until it is gone. @throws ActionError `ownership-mismatch`. */
async function removeFailed(az: Az, plan: CreatePlan, cluster: AksCluster, deadlineMs: number): Promise<void> {
  const decision = planForExisting(cluster, plan.claim);
  if (decision.kind !== 'replace' && decision.kind !== 'wait-until-gone') {
    const message = `Cluster ${cluster.name} (${cluster.state}) is not deleted to make room: it is not a failed cluster of this run.`;
    throw new ActionError('ownership-mismatch', message);
  }
  if (decision.kind === 'replace') {
    az.log.info(`Deleting cluster ${cluster.name} to make it again: ${decision.reason}.`);
    await az.run(deleteCluster(plan.ref, cluster.etag));
  }
  await waitUntilClusterGone(az, plan.ref, deadlineMs);
}
