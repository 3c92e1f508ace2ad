import { azureStep } from '../azure/arm/call.js';
import { deleteCluster, readCluster } from '../azure/cluster/cluster-requests.js';
import { deleteGroup, listResources, readGroup } from '../azure/cluster/group-requests.js';
import { deleteOurs } from '../azure/deletion/deletion.js';
import { ownedForTeardown } from '../azure/ownership/ownership.js';
import { connectActions, deleteActions } from '../azure/role-actions.js';
import { lockAccess, recordCopiesAccess } from '../chaos/chaos-access.js';
import { ActionError } from '../errors/action-error.js';
import type { General, StepRequest, Target, Teardown } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import { access, onlyWith } from '../kubernetes/api/access-rule.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { deletionCommand } from '../kubernetes/api/kubectl-equivalents.js';
import { waitForApi } from '../kubernetes/api/kubectl-version.js';
import { unseen } from '../kubernetes/api/unseen.js';
import type { Deployment } from '../migratorydata/spec.js';
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import {
  deletedKinds,
  deleteDeployment,
  type Deletion,
  type DeletionFrame,
  waitUntilDeploymentGone,
  waitUntilNamespaceGone,
} from '../step-context/delete-deployment.js';
import { guardDeletion } from '../step-context/deletion-guard.js';
import { warnOfDifferences } from '../step-context/live-deployment.js';
import { whileLocked } from '../step-context/lock.js';
import { type AksProvider, openProvider, ownerOf, type Provider } from '../step-context/provider.js';
import { revertBefore, revertPlaceOf } from '../step-context/revert-records.js';
import { defineOperation, type Phase } from './operation.js';
import { differencesAccess } from './shared-permissions.js';
import { connectPhase } from './shared-phases.js';

export interface TeardownOptions {
  readonly general: General;
  readonly deployment: Deployment;
  readonly teardown: Teardown;
  /** How to treat resources that are not ours: as an error if the user named them, as a note at the end of an e2e. */
  readonly foreign: 'refuse' | 'keep';
  /** Whether the namespace existed before the step, so that it is kept. */
  readonly keepNamespace?: boolean;
}

/** Azure needs several minutes to delete a cluster; a namespace waits for its load balancer. In milliseconds. */
const deletionWaitMs = 30 * 60_000;
const namespaceWaitMs = 10 * 60_000;
const apiTimeoutMs = 30_000;

/**
 * Deletes only what this project created: the group if we created it, else the cluster, else the namespace if it
 * carries our label; of several deployments in the namespace, only this one. Absent resources are not an error.
 * @throws ActionError `locked` while another run works on it, `ownership-mismatch` when the resource is not ours,
 * `namespace-not-ours`, `delete-incomplete`.
 */
export async function teardown(context: Context, provider: Provider, options: TeardownOptions): Promise<void> {
  const { journal, ports } = context;
  await journal.phase('teardown', 'Delete what was created', async note => {
    const deleted =
      provider.kind === 'aks'
        ? await deleteFromAzure(context, provider, options, note)
        : await deleteInCluster(context, provider, options, note);
    ports.outputs.set('deleted', deleted);
  });
}

async function deleteFromAzure(
  context: Context,
  provider: AksProvider,
  options: TeardownOptions,
  note: Note,
): Promise<boolean> {
  const { azure, target } = provider;
  // In an e2e, a named cluster is one to work on; only in operation teardown is it one to delete.
  const named = options.foreign === 'refuse' && target.resourceGroupGiven;
  const rule = { owned: ownedForTeardown(ownerOf(context, options.general), named), sameCreation: false };
  const waitMs = options.teardown.waitForDeletion ? deletionWaitMs : 0;
  // An e2e has just worked on it, under the lock.
  const guard =
    options.foreign === 'refuse' ? guardDeletion(context, provider, [options.deployment.namespace], note) : undefined;
  const deletion = await deleteOurs(azure, target, { ...rule, dryRun: false, waitMs }, guard);
  if (deletion.deleted !== 'nothing') {
    // The deletion has started, so the post step does not have to delete the cluster and its contents.
    context.undoLog.settleAll(({ kind }) => kind !== 'file');
    const name =
      deletion.deleted === 'group' ? `Resource group ${target.resourceGroup}` : `Cluster ${target.clusterName}`;
    note(`${name} ${options.teardown.waitForDeletion ? 'is deleted' : 'is being deleted'}: ${deletion.reason}.`);
    return true;
  }
  if (!deletion.refused) {
    note(`There is nothing to delete: ${deletion.reason}.`);
    return false;
  }
  // The cluster belongs to another owner, but the namespace in it may be ours.
  const result = await removeDeployment(context, provider, options, note);
  if (result === 'kept') return false;
  if (result === 'namespace' || result === 'deployment') {
    note(`The cluster is kept: ${deletion.reason}.`);
    return true;
  }
  return refuse(options, new ActionError('ownership-mismatch', `Nothing was deleted: ${deletion.reason}.`), note);
}

function refuse({ foreign }: TeardownOptions, error: ActionError, note: (text: string) => void): false {
  if (foreign === 'refuse') throw error;
  note(error.message);
  return false;
}

async function deleteInCluster(
  context: Context,
  provider: Provider,
  options: TeardownOptions,
  note: Note,
): Promise<boolean> {
  const { deployment } = options;
  const { namespace } = deployment;
  const result = await removeDeployment(context, provider, options, note);
  if (result === 'not-ours') {
    const message = `Namespace ${namespace} is not deleted: it does not carry the label of this action.`;
    return refuse(options, new ActionError('namespace-not-ours', message), note);
  }
  if (result === 'absent') note(`There is no namespace ${namespace}.`);
  return result === 'namespace' || result === 'deployment';
}

/**
 * Deletes the namespace if it is ours, or only the deployment if there are others in it. Changes of a lost run are reverted
 * first, because their record is deleted with the namespace.
 */
async function removeDeployment(
  context: Context,
  provider: Provider,
  { deployment, teardown: policy, foreign, keepNamespace }: TeardownOptions,
  note: Note,
): Promise<Deletion['kind'] | 'kept'> {
  const { namespace } = deployment;
  if (keepNamespace) {
    note(`Namespace ${namespace} existed before this step, so it is kept.`);
    return 'kept';
  }
  return connectCluster(context, provider, async cluster => {
    const { api } = cluster;
    await waitForApi(api, apiTimeoutMs);
    await warnOfDifferences(context, api, deployment);
    const underLock: DeletionFrame = run =>
      whileLocked(context, cluster, namespace, async (locked, bound) => {
        const place = revertPlaceOf(provider, namespace);
        const done = await revertBefore(locked, bound.api, place, note, 'nothing');
        if (done !== undefined) note(done);
        return run(bound.api);
      });
    // An e2e has just worked on it, under the lock.
    const result = await deleteDeployment(context, api, deployment, foreign === 'keep' ? undefined : underLock);
    await reportDeletion(api, deployment, policy, result, note);
    context.undoLog.settleAll(undo => undo.kind === 'namespace' && undo.namespace === namespace);
    return result.kind;
  });
}

/** Says what was deleted, and waits for it if it must be gone. */
async function reportDeletion(
  api: KubernetesApi,
  deployment: Deployment,
  { waitForDeletion }: Teardown,
  deletion: Deletion,
  note: Note,
): Promise<void> {
  if (deletion.kind === 'absent' || deletion.kind === 'not-ours') return;
  const { namespace, name } = deployment;
  const isAll = deletion.kind === 'namespace';
  const what = isAll ? `Namespace ${namespace}` : `Deployment ${name}`;
  if (waitForDeletion) {
    const progress = (waiting: string): void => {
      note(`${what} is being deleted: ${waiting}.`);
    };
    const wait = { timeoutMs: namespaceWaitMs, progress };
    await (isAll ? waitUntilNamespaceGone(api, namespace, wait) : waitUntilDeploymentGone(api, deployment, wait));
  }
  note(`${what} is ${waitForDeletion ? 'deleted' : 'being deleted'}.`);
  if (deletion.kind === 'deployment') {
    note(`Namespace ${namespace} is kept, because it contains other deployments: ${deletion.others.join(', ')}.`);
  }
}

export interface TeardownRequest extends StepRequest<'teardown'> {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly teardown: Teardown;
}

/**
 * @param before the phases that check whether another run works on the cluster; none in an e2e, which has just worked
 * on it
 */
export function teardownPhase(
  { target, deployment: { namespace } }: Pick<TeardownRequest, 'target' | 'deployment'>,
  before: readonly Phase[],
): Phase {
  return {
    name: 'teardown',
    commands(dryRun) {
      const checks = before.flatMap(phase => phase.commands(dryRun));
      if (target.kind === 'kubeconfig') {
        const why = 'delete the namespace, if it carries our label and contains no other deployment';
        return [...checks, deletionCommand('Namespace', { name: namespace }, why)];
      }
      return [
        ...[readGroup(target), readCluster(target), listResources(target)].map(azureStep),
        ...checks,
        { ...azureStep(deleteGroup(target)), why: 'delete the group, if we created it and it contains nothing else' },
        { ...azureStep(deleteCluster(target, 'ETAG')), why: 'else delete the cluster, if we created it' },
        { ...azureStep(readGroup(target)), why: 'check that it is being deleted' },
      ];
    },
  };
}

export const teardownOperation = defineOperation<TeardownRequest>({
  name: 'teardown',
  permissions: {
    access: [
      ...lockAccess,
      access('deployment', 'StatefulSet', ['list']),
      access('deployment', 'Namespace', ['delete']),
      ...onlyWith('another deployment in the namespace', [
        ...deletedKinds.map(kind => access('deployment', kind, ['list', 'delete'])),
        access('deployment', 'ConfigMap', ['get']),
        access('deployment', 'Pod', ['list', 'watch'], { when: '`wait-for-deletion: true`' }),
        access('deployment', 'Service', ['watch'], { when: '`wait-for-deletion: true`' }),
      ]),
      access('cluster', 'Namespace', ['list', 'watch'], { when: '`wait-for-deletion: true`' }),
      access('deployment', 'Pod', ['list'], { when: '`wait-for-deletion: true`', without: unseen.heldPods }),
      recordCopiesAccess,
      ...differencesAccess,
      access('cluster', 'Lease', ['list'], { when: '`provider: aks`', without: unseen.otherLocks }),
    ],
    actions: [...connectActions, ...deleteActions],
  },
  readRequest: ({ general, target, deployment, teardown: policy }) => ({
    operation: 'teardown',
    general,
    target,
    deployment,
    teardown: policy,
  }),
  phases: request => [teardownPhase(request, [connectPhase(request.target)])],
  run: (context, request) =>
    teardown(context, openProvider(context, request.target), { ...request, foreign: 'refuse' }),
});
