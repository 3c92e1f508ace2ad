import type { Az } from '../azure/az.js';
import { openMachines } from '../azure/machines.js';
import { acquireLock } from '../chaos/putback/lease.js';
import { readMark } from '../chaos/putback/mark-store.js';
import type { RecoverRequest } from '../inputs/request.js';
import type { Context } from './context.js';
import { holderOf } from './lock.js';
import type { OpenCluster } from './open-cluster.js';
import { restoreByMark } from './restore.js';

/**
 * Operation recover: undoes what an experiment left whose runner died, by nothing but what stands in the cluster.
 * @throws ActionError `locked` while the run lives, `undo-incomplete` with what is left.
 */
export async function recover(
  context: Context,
  az: Az | undefined,
  { api, connection }: OpenCluster,
  { target, deployment: { namespace } }: RecoverRequest,
): Promise<void> {
  const { journal, ports, ledger } = context;
  await journal.phase('recover', `Undo what an experiment left in namespace ${namespace}`, async note => {
    const place = await api.find('Namespace', { name: namespace }, 'see whether the namespace is there');
    if (place === undefined) {
      note(`There is no namespace ${namespace}, so there is nothing to undo.`);
      ports.outputs.set('changed', false);
      return;
    }
    const holder = holderOf(context);
    const settle = ledger.record({ kind: 'lock', connection, namespace, holder });
    const lock = await acquireLock(api, namespace, holder);
    try {
      const found = (await readMark(api, namespace)) !== undefined;
      const machines = target.kind === 'aks' && az !== undefined ? openMachines(az, target) : undefined;
      note(await restoreByMark(context, api, { namespace, machines }, note));
      ports.outputs.set('changed', found);
    } finally {
      await lock.release();
      settle();
    }
  });
}
