import { ActionError } from '../errors/action-error.js';
import { type AksCluster, isFailed } from './cluster.js';
import { isCreation, isSameRun } from './ownership.js';
import type { ClusterSpec } from './spec.js';
import { type Owner, readTag } from './tags.js';

/** What to do with a cluster that is there already. */
export type ExistingPlan =
  /** Take it, once Azure has finished what it is doing. `own`: it was made by this step, or by a former attempt. */
  | { readonly kind: 'adopt'; readonly own: boolean; readonly reason: string }
  /** It is ours and failed: delete it, then create again. */
  | { readonly kind: 'replace'; readonly reason: string }
  /** It is being deleted: wait until it is gone, then create. */
  | { readonly kind: 'wait-until-gone' }
  | { readonly kind: 'refuse'; readonly error: ActionError };

export interface Claim {
  readonly existingCluster: ClusterSpec['existingCluster'];
  readonly owner: Owner;
  /** The id under which this step creates. */
  readonly creationId: string;
}

/**
 * Decides about a cluster of the wanted name. Ours is what carries our creation id (a request whose answer was lost),
 * and what a former attempt of the same run and instance made; a second step of the same attempt is told that the name
 * is taken, as anybody else is.
 */
export function planForExisting(cluster: AksCluster, { existingCluster, owner, creationId }: Claim): ExistingPlan {
  if (cluster.state === 'Deleting') return { kind: 'wait-until-gone' };
  const own = isCreation(cluster.tags, owner.repository, creationId);
  const former = isSameRun(cluster.tags, owner) && readTag(cluster.tags, 'attempt') !== owner.attempt;
  if ((own || former) && isFailed(cluster)) return { kind: 'replace', reason: `it is ours and ${cluster.state}` };
  if (former)
    return { kind: 'adopt', own: true, reason: `attempt ${readTag(cluster.tags, 'attempt')} of this run made it` };
  if (own) return { kind: 'adopt', own: true, reason: 'the request for it had taken effect' };
  if (existingCluster === 'fail') return { kind: 'refuse', error: taken(cluster) };
  if (cluster.stopped) return { kind: 'refuse', error: stopped(cluster) };
  if (isFailed(cluster)) return { kind: 'refuse', error: broken(cluster) };
  return { kind: 'adopt', own: false, reason: 'existing-cluster is reuse' };
}

function taken({ name, resourceGroup, state }: AksCluster): ActionError {
  const message = `Cluster ${name} in resource group ${resourceGroup} exists already (${state}), and existing-cluster is fail.`;
  return new ActionError('cluster-exists', message);
}

function stopped({ name, resourceGroup }: AksCluster): ActionError {
  return new ActionError('azure-invalid', `Cluster ${name} in resource group ${resourceGroup} is stopped.`, {
    hint: `Run \`az aks start --resource-group ${resourceGroup} --name ${name}\` first.`,
  });
}

function broken({ name, resourceGroup, state, failure }: AksCluster): ActionError {
  const reason = failure === '' ? '' : `: ${failure}`;
  return new ActionError(
    'cluster-exists',
    `Cluster ${name} in resource group ${resourceGroup} exists in state ${state}${reason}. It is not ours to replace.`,
    { hint: 'Mend it with `az aks update`, or use another cluster-name.' },
  );
}
