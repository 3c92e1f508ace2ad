import { removeLostRanges } from '../azure/authorized-ranges.js';
import { claimKey, isOver } from '../azure/range-claims.js';
import { type ActionError, toActionError } from '../errors/action-error.js';
import type { StepRequest, Target } from '../inputs/request.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import { type Context, holderOf } from '../step-context/context.js';
import { clearNodesLock, whileLocked } from '../step-context/lock.js';
import { openAzure } from '../step-context/provider.js';
import { revertPlaceOf, revertRecords } from '../step-context/revert-records.js';
import { defineOperation, onCluster } from './operation.js';
import { workPhase } from './shared-phases.js';

/**
 * Reverts the changes of an experiment whose runner was lost, using only the data in the cluster.
 * Throws ActionError `locked` while that run is active, `undo-incomplete` with what is left.
 */
async function recover(context: Context, cluster: ConnectedCluster, namespace: string): Promise<void> {
  const { journal, ports } = context;
  await journal.phase('recover', `Revert what an experiment left in namespace ${namespace}`, note =>
    whileLocked(context, cluster, namespace, async (locked, bound) => {
      const { api, provider } = bound;
      const [done] = await Promise.all([
        revertRecords(locked, api, revertPlaceOf(provider, namespace), note),
        clearNodesLock(locked, bound),
      ]);
      note(done ?? `Namespace ${namespace} has no experiment to revert.`);
      ports.outputs.set('changed', done !== undefined);
    }),
  );
}

/**
 * Removes what lost runners, and a former attempt of this one, have left in the authorized IP ranges of an AKS cluster.
 * It does not need the API server. An operation that adds its own address does this with the same request. Returns the
 * error, if any, because the revert of the experiment must not wait for it.
 */
async function removeLeftRanges(context: Context, target: Target): Promise<ActionError | undefined> {
  if (target.kind !== 'aks' || target.admitRunner) return undefined;
  const own = claimKey(holderOf(context));
  try {
    await removeLostRanges(openAzure(context, target), target, (claim, now) => claim.key === own || isOver(claim, now));
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return toActionError(error);
  }
}

export interface RecoverRequest extends StepRequest<'recover'> {
  readonly target: Target;
  readonly deployment: Deployment;
}

export const recoverOperation = defineOperation<RecoverRequest>({
  name: 'recover',
  readRequest: ({ general, target, deployment }) => ({ operation: 'recover', general, target, deployment }),
  phases: ({ target }) => [workPhase(target)],
  async run(context, request) {
    const failure = await removeLeftRanges(context, request.target);
    await onCluster(context, request, cluster => recover(context, cluster, request.deployment.namespace));
    if (failure !== undefined) throw failure;
  },
});
