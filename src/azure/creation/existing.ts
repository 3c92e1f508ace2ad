import { ActionError } from '../../errors/action-error.js';
import { type AksCluster, isFailed } from '../cluster/cluster.js';
import { isCreation, isSameRun } from '../ownership/ownership.js';
import { type Owner, readTag } from '../ownership/tags.js';
import type { ClusterSpec } from '../spec.js';

/** What to do with an existing cluster. */
export type ExistingPlan =
  /** Use it, after Azure has finished. `own`: this step or a former attempt created it. */
  | { readonly kind: 'adopt'; readonly own: boolean; readonly reason: string }
  /** This run created it and it failed: delete it, then create it again. */
  | { readonly kind: 'replace'; readonly reason: string }
  /** It is being deleted: wait for the deletion, then create it. */
  | { readonly kind: 'wait-until-gone' }
  | { readonly kind: 'refuse'; readonly error: ActionError };

export interface Claim {
  readonly existingCluster: ClusterSpec['existingCluster'];
  readonly owner: Owner;
  /** The creation id of this step. */
  readonly creationId: string;
}

/**
 * Decides what to do with an existing cluster that has the requested name. A run owns clusters with its creation id (a
 * request whose response was lost), and clusters that a former attempt of the same run and instance created. For a
 * second step of the same attempt, the name is in use, as for any other run.
 */
export function planForExisting(cluster: AksCluster, { existingCluster, owner, creationId }: Claim): ExistingPlan {
  if (cluster.state === 'Deleting') return { kind: 'wait-until-gone' };
  const own = isCreation(cluster.tags, owner.repository, creationId);
  const former = isSameRun(cluster.tags, owner) && readTag(cluster.tags, 'attempt') !== owner.attempt;
  if ((own || former) && isFailed(cluster))
    return { kind: 'replace', reason: `this run created it, and it is ${cluster.state}` };
  if (former)
    return { kind: 'adopt', own: true, reason: `attempt ${readTag(cluster.tags, 'attempt')} of this run created it` };
  if (own) return { kind: 'adopt', own: true, reason: 'the creation request took effect' };
  if (existingCluster === 'fail') return { kind: 'refuse', error: existsError(cluster) };
  if (cluster.stopped) return { kind: 'refuse', error: stoppedError(cluster) };
  if (isFailed(cluster)) return { kind: 'refuse', error: failedError(cluster) };
  return { kind: 'adopt', own: false, reason: 'existing-cluster is reuse' };
}

function existsError({ name, resourceGroup, state }: AksCluster): ActionError {
  const message = `Cluster ${name} in resource group ${resourceGroup} already exists (${state}), and existing-cluster is fail.`;
  return new ActionError('cluster-exists', message);
}

function stoppedError({ name, resourceGroup }: AksCluster): ActionError {
  return new ActionError('azure-invalid', `Cluster ${name} in resource group ${resourceGroup} is stopped.`, {
    hint: `Run \`az aks start --resource-group ${resourceGroup} --name ${name}\` first.`,
  });
}

function failedError({ name, resourceGroup, state, failure }: AksCluster): ActionError {
  const reason = failure === '' ? '' : `: ${failure}`;
  return new ActionError(
    'cluster-exists',
    `Cluster ${name} in resource group ${resourceGroup} exists in state ${state}${reason}. This run did not create it, so it is not replaced.`,
    { hint: 'Repair it with `az aks update`, or set another cluster-name.' },
  );
}
