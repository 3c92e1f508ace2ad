import type { DeletionGuard } from '../azure/deletion/deletion.js';
import { sweepExpired, type Swept } from '../azure/deletion/expired-clusters.js';
import type { ClusterRef } from '../azure/ref.js';
import { connectActions, deleteActions } from '../azure/role-actions.js';
import type { AzureTarget } from '../azure/spec.js';
import { allLocksAccess } from '../chaos/chaos-access.js';
import { ActionError } from '../errors/action-error.js';
import type { StepRequest, Sweep } from '../inputs/request.js';
import type { Context } from '../step-context/context.js';
import { guardDeletion } from '../step-context/deletion-guard.js';
import { openAzure } from '../step-context/provider.js';
import { defineOperation } from './operation.js';
import { reportLeftovers } from './sweep-issue.js';

export interface SweepRequest extends StepRequest<'sweep'> {
  readonly target: AzureTarget;
  readonly sweep: Sweep;
}

/**
 * Deletes expired resources of this repository and of the named ones, except clusters on which a run works, and removes
 * the addresses of their lost runners from the authorized IP ranges of clusters, or only reports them in a dry run. With
 * a GitHub token, an issue stays open as long as a resource cannot be deleted.
 * @throws ActionError `delete-incomplete` with what could not be deleted and why.
 */
async function sweep(context: Context, { general, target, sweep: scope }: SweepRequest): Promise<void> {
  const azure = openAzure(context, target);
  const { journal, ports, redact } = context;
  const repositories = [...new Set([ports.run.repository, ...scope.repositories])];
  const title = general.dryRun ? 'Find expired clusters' : 'Delete expired clusters';
  await journal.phase('sweep', title, async note => {
    const guardFor = (cluster: ClusterRef): DeletionGuard => {
      // Admitting the runner would change for minutes what is to be deleted.
      const expired = { ...target, ...cluster, admitRunner: false };
      return guardDeletion(context, { kind: 'aks', target: expired, azure }, [], text => {
        note(redact(text));
      });
    };
    const swept = await sweepExpired(azure, target.subscriptionId, repositories, general.dryRun, guardFor);
    if (swept.length === 0) note(`Nothing of ${repositories.join(', ')} has expired.`);
    for (const one of swept) note(redact(`${describe(one)}: ${describeResult(one, general.dryRun)}`));
    const gone = swept.filter(({ deletion }) => deletion !== undefined && deletion.deleted !== 'nothing');
    ports.outputs.set('swept', gone.length);
    const left = swept.flatMap(one => {
      const { error } = one;
      return error === undefined ? [] : [{ what: describe(one), why: error.message, remedy: error.hint }];
    });
    const { githubToken } = general;
    if (githubToken !== undefined && !general.dryRun) {
      const { subscriptionId } = target;
      await reportLeftovers(context, { subscriptionId, repositories }, githubToken, left, note);
    }
    if (left.length > 0) {
      const reasons = left.map(({ why }) => why).join(' ');
      throw new ActionError('delete-incomplete', `Not everything could be swept. ${reasons}`);
    }
  });
}

function describe({ kind, ref, reason }: Swept): string {
  return kind === 'group'
    ? `group ${ref.resourceGroup}, which ${reason}`
    : `cluster ${ref.resourceGroup}/${ref.clusterName}, which ${reason}`;
}

function describeResult({ kind, deletion, error }: Swept, dryRun: boolean): string {
  if (error !== undefined) return error.message;
  if (kind === 'ranges') return dryRun ? 'they would be removed' : 'they are being removed';
  const deleted = deletion?.deleted ?? 'nothing';
  if (deleted === 'nothing') return `kept, ${deletion?.reason ?? ''}`;
  return dryRun ? `the ${deleted} would be deleted` : `the ${deleted} is being deleted`;
}

export const sweepOperation = defineOperation<SweepRequest>({
  name: 'sweep',
  permissions: { access: allLocksAccess, actions: [...connectActions, ...deleteActions] },
  readRequest: ({ general, azure, sweep: scope }) => ({ operation: 'sweep', general, target: azure, sweep: scope }),
  phases: () => [],
  run: sweep,
});
