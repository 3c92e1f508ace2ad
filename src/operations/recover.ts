import type { StepRequest, Target } from '../inputs/request.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { whileLocked } from '../step-context/lock.js';
import { revertPlaceOf, revertRecords } from '../step-context/revert-records.js';
import { defineOperation, onCluster } from './operation.js';
import { connectPhase } from './shared-phases.js';

/**
 * Reverts what an experiment left whose runner died, from nothing but what the cluster holds.
 * Throws ActionError `locked` while that run lives, `undo-incomplete` with what is left.
 */
async function recover(context: Context, cluster: ConnectedCluster, namespace: string): Promise<void> {
  const { journal, ports } = context;
  await journal.phase('recover', `Undo what an experiment left in namespace ${namespace}`, note =>
    whileLocked(context, cluster, namespace, async (held, { api, provider }) => {
      const done = await revertRecords(held, api, revertPlaceOf(provider, namespace), note);
      note(done ?? `No experiment is left to be undone in namespace ${namespace}.`);
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
  phases: ({ target }) => [connectPhase(target)],
  run: (context, request) =>
    onCluster(context, request, cluster => recover(context, cluster, request.deployment.namespace)),
});
