import { ActionError, hasCode } from '../errors/action-error.js';
import { isReady } from '../kubernetes/pods.js';
import { retry } from '../runtime/time.js';
import { type ClusterState, type ExperimentContext, observeCluster } from './experiment-context.js';

/** How long an experiment waits for operations of Azure before it changes anything, in milliseconds. */
export const busyLimitMs = 5 * 60_000;
const busyPauseMs = 10_000;

/**
 * Waits until Azure has no operation in progress on the cluster: in the middle of an upgrade, a fault would take a second
 * node away. Does nothing if the provider is not aks.
 * @throws ActionError `experiment-skipped` with the operation after 5 minutes.
 */
export async function waitUntilAtRest(context: ExperimentContext): Promise<void> {
  const { api, note } = context;
  const deadlineMs = api.clock.now() + busyLimitMs;
  await retry(
    api.clock,
    api.signal,
    () => assertAtRest(context),
    (error, tries) => {
      const leftMs = deadlineMs - api.clock.now();
      if (!hasCode(error, 'experiment-skipped') || leftMs <= 0) return undefined;
      if (tries === 1) note(`${error.message} Waiting up to ${busyLimitMs / 60_000} minutes.`);
      return Math.min(leftMs, busyPauseMs);
    },
  );
}

/**
 * Checks right before the injection, which waits for nothing, that the cluster is still at rest and in its steady state.
 * @throws ActionError `experiment-skipped`, `not-steady`.
 */
export async function checkBeforeInjection(context: ExperimentContext): Promise<void> {
  await assertAtRest(context);
  assertSteadyState(await observeCluster(context));
}

async function assertAtRest({ machines }: ExperimentContext): Promise<void> {
  const operation = await machines?.describeOperation();
  if (operation === undefined) return;
  throw new ActionError('experiment-skipped', `Azure is busy: ${operation}; no fault was injected.`);
}

/**
 * Without a steady state before the fault, recovery cannot be observed.
 * @throws ActionError `not-steady`.
 */
export function assertSteadyState({ members, replicas }: ClusterState): void {
  const ready = members.filter(isReady).length;
  if (ready === replicas && members.length === replicas) return;
  const message = `Before the fault there are ${members.length} members, ${ready} of them Ready, but ${replicas} are required; no fault was injected.`;
  throw new ActionError('not-steady', message);
}
