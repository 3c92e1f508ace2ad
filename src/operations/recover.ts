import type { Az } from '../azure/az.js';
import type { RecoverRequest } from '../inputs/request.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { whileLocked } from '../step-context/lock.js';
import { revertPlaceOf, revertRecords } from '../step-context/revert-records.js';

/**
 * Operation recover: undoes what an experiment left whose runner died, by nothing but what stands in the cluster.
 * @throws ActionError `locked` while the run lives, `undo-incomplete` with what is left.
 */
export async function recover(
  context: Context,
  az: Az | undefined,
  cluster: ConnectedCluster,
  { target, deployment: { namespace } }: RecoverRequest,
): Promise<void> {
  const { journal, ports } = context;
  await journal.phase('recover', `Undo what an experiment left in namespace ${namespace}`, note =>
    whileLocked(context, cluster, namespace, async (held, { api }) => {
      const done = await revertRecords(held, api, revertPlaceOf({ target, az, namespace }), note);
      note(done ?? `No experiment is left to be undone in namespace ${namespace}.`);
      ports.outputs.set('changed', done !== undefined);
    }),
  );
}
