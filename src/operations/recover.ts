import { removeLostRanges } from '../azure/cluster/authorized-ranges.js';
import { isOfOtherAttempt, isOver, type RangeClaim } from '../azure/ownership/range-claims.js';
import { revertActions, workActions } from '../azure/role-actions.js';
import { lockAccess, recoverAccess } from '../chaos/chaos-access.js';
import { type ActionError, toActionError } from '../errors/action-error.js';
import type { Recovery, StepRequest, Target } from '../inputs/request.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import { type Context, rangeHolderOf } from '../step-context/context.js';
import { warnOfDifferences } from '../step-context/live-deployment.js';
import { clearNodesLock, underNodesLock, whileLocked } from '../step-context/lock.js';
import { openAzure } from '../step-context/provider.js';
import { revertOrDiscard, revertPlaceOf, revertRecords } from '../step-context/revert-records.js';
import { defineOperation, onCluster } from './operation.js';
import { differencesAccess } from './shared-permissions.js';
import { workPhase } from './shared-phases.js';

/**
 * Reverts the changes of an experiment whose runner was lost, using only the data in the cluster. What cannot be
 * reverted is only named, and its record removed, if the request says so.
 * Throws ActionError `locked` while that run is active, `undo-incomplete` with what is left.
 */
async function recover(
  context: Context,
  cluster: ConnectedCluster,
  { deployment, recovery: { discardRecord } }: RecoverRequest,
): Promise<void> {
  const { namespace } = deployment;
  const { journal, ports } = context;
  await journal.phase('recover', `Revert what an experiment left in namespace ${namespace}`, note =>
    whileLocked(context, cluster, namespace, async (locked, bound, isHeld) => {
      const { api, provider } = bound;
      await warnOfDifferences(context, api, deployment);
      const place = revertPlaceOf(provider, namespace);
      const nodesCleared = clearNodesLock(locked, bound);
      // Without the namespace, the lock on the nodes shows whether the run is active.
      const guard = async (discard: (api: KubernetesApi) => Promise<void>): Promise<void> => {
        if (isHeld) return discard(api);
        await nodesCleared;
        const now = { patienceMs: 0, note };
        return underNodesLock(locked, bound, now, signal => discard(api.withSignal(signal)));
      };
      const [done] = await Promise.all([
        discardRecord ? revertOrDiscard(locked, api, place, note, guard) : revertRecords(locked, api, place, note),
        nodesCleared,
      ]);
      note(done ?? `Namespace ${namespace} has no experiment to revert.`);
      ports.outputs.set('changed', done !== undefined);
    }),
  );
}

/**
 * Removes what lost runners, and other attempts of this one, have left in the authorized IP ranges of an AKS cluster.
 * It does not need the API server. An operation that adds its own address does this with the same request. Returns the
 * error, if any, because the revert of the experiment must not wait for it.
 */
async function removeLeftRanges(context: Context, target: Target): Promise<ActionError | undefined> {
  if (target.kind !== 'aks' || target.admitRunner) return undefined;
  const holder = rangeHolderOf(context);
  const isLost = (claim: RangeClaim, now: Date): boolean => isOver(claim, now) || isOfOtherAttempt(claim, holder);
  try {
    await removeLostRanges(openAzure(context, target), target, isLost);
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return toActionError(error);
  }
}

export interface RecoverRequest extends StepRequest<'recover'> {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly recovery: Recovery;
}

export const recoverOperation = defineOperation<RecoverRequest>({
  name: 'recover',
  permissions: {
    access: [...lockAccess, ...recoverAccess, ...differencesAccess],
    actions: [...workActions, ...revertActions],
  },
  readRequest: ({ general, target, deployment, recovery }) => ({
    operation: 'recover',
    general,
    target,
    deployment,
    recovery,
  }),
  phases: ({ target }) => [workPhase(target)],
  async run(context, request) {
    const failure = await removeLeftRanges(context, request.target);
    await onCluster(context, request, cluster => recover(context, cluster, request));
    if (failure !== undefined) throw failure;
  },
});
