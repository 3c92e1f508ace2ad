import type { Az } from '../azure/az.js';
import { sweepExpired } from '../azure/sweep.js';
import { ActionError } from '../errors/action-error.js';
import type { SweepRequest } from '../inputs/request.js';
import type { Context } from './context.js';

/**
 * Deletes what has expired of this repository (and of those named), or only says what it would delete.
 * @throws ActionError `delete-incomplete`, naming what could not be deleted and why.
 */
export async function sweep(context: Context, az: Az, { general, target, sweep: scope }: SweepRequest): Promise<void> {
  const { journal, ports } = context;
  const repositories = [...new Set([ports.run.repository, ...scope.repositories])];
  const title = general.dryRun ? 'Find expired clusters' : 'Delete expired clusters';
  await journal.phase('sweep', title, async note => {
    const swept = await sweepExpired(az, target.subscriptionId, repositories, general.dryRun);
    if (swept.length === 0) note(`Nothing of ${repositories.join(', ')} has expired.`);
    for (const { kind, ref, reason, deletion, error } of swept) {
      const name = kind === 'group' ? ref.resourceGroup : `${ref.resourceGroup}/${ref.clusterName}`;
      const fate = error?.message ?? fateOf(deletion?.deleted ?? 'nothing', general.dryRun, deletion?.reason ?? '');
      note(`${kind} ${name}, which ${reason}: ${fate}`);
    }
    const gone = swept.filter(({ deletion }) => deletion !== undefined && deletion.deleted !== 'nothing');
    ports.outputs.set('swept', gone.length);
    const failures = swept.flatMap(({ error }) => (error === undefined ? [] : [error.message]));
    if (failures.length > 0) {
      throw new ActionError('delete-incomplete', `Not everything could be swept. ${failures.join(' ')}`);
    }
  });
}

function fateOf(deleted: 'group' | 'cluster' | 'nothing', dryRun: boolean, reason: string): string {
  if (deleted === 'nothing') return `kept, ${reason}`;
  return dryRun ? `the ${deleted} would be deleted` : `the ${deleted} is being deleted`;
}
