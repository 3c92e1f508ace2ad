import type { StepRequest, Target } from '../inputs/request.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { whileLocked } from '../step-context/lock.js';
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
    whileLocked(context, cluster, namespace, async (locked, { api, provider }) => {
      const done = await revertRecords(locked, api, revertPlaceOf(provider, namespace), note);
      note(done ?? `Namespace ${namespace} has no experiment to revert.`);
      ports.outputs.set('changed', done !== undefined);
    }),
  );
}

export interface RecoverRequest extends StepRequest<'recover'> {
  readonly target: Target;
  readonly deployment: Deployment;
}

export const recoverOperation = defineOperation<RecoverRequest>({
  name: 'recover',
  readRequest: ({ general, target, deployment }) => ({ operation: 'recover', general, target, deployment }),
  phases: ({ target }) => [workPhase(target)],
  run: (context, request) =>
    onCluster(context, request, cluster => recover(context, cluster, request.deployment.namespace)),
});
