import { deleteCluster, showCluster } from '../azure/cluster-commands.js';
import { deleteGroup, listResources, showGroup } from '../azure/commands.js';
import { deleteOurs } from '../azure/deletion.js';
import { ownedForTeardown } from '../azure/ownership.js';
import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { General, StepRequest, Target, Teardown } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import { deletionCommand } from '../kubernetes/kubectl-equivalents.js';
import { waitForApi } from '../kubernetes/kubectl-version.js';
import type { Deployment } from '../migratorydata/spec.js';
import { commandStep } from '../runtime/command-line.js';
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { deleteNamespace, type NamespaceDeletion, waitUntilNamespaceGone } from '../step-context/delete-namespace.js';
import { lockForDeletion } from '../step-context/lock.js';
import { type AksProvider, openProvider, ownerOf, type Provider } from '../step-context/provider.js';
import { revertConfirmedRecords, revertPlaceOf } from '../step-context/revert-records.js';
import { defineOperation, type Phase } from './operation.js';
import { connectPhase } from './shared-phases.js';

export interface TeardownOptions {
  readonly general: General;
  readonly deployment: Deployment;
  readonly teardown: Teardown;
  /** What to do about things that are not ours: an error where they were named, no matter at the end of an e2e. */
  readonly foreign: 'refuse' | 'keep';
  /** The namespace was there before the work that ends here, so it stays. */
  readonly keepNamespace?: boolean;
}

/** Azure deletes a cluster in several minutes; a namespace waits for its load balancer. In milliseconds. */
const deletionWaitMs = 30 * 60_000;
const namespaceWaitMs = 10 * 60_000;
const apiTimeoutMs = 30_000;

/**
 * Deletes what this project created and nothing else: the group if we made it, else the cluster, else the namespace if
 * it carries our label. What is absent is fine.
 * @throws ActionError `locked` while another run works on it, `ownership-mismatch` when what is there is not ours, `namespace-not-ours`, `delete-incomplete`.
 */
export async function teardown(context: Context, provider: Provider, options: TeardownOptions): Promise<void> {
  const { journal, ports } = context;
  await journal.phase('teardown', 'Delete what was created', async note => {
    const deleted =
      provider.kind === 'aks'
        ? await deleteFromAzure(context, provider, options, note)
        : await deleteOnlyNamespace(context, provider, options, note);
    ports.outputs.set('deleted', deleted);
  });
}

async function deleteFromAzure(
  context: Context,
  provider: AksProvider,
  options: TeardownOptions,
  note: Note,
): Promise<boolean> {
  const { az, target } = provider;
  await az.session.renewIfOld(context.signal);
  // An e2e names a cluster in order to work on it; only operation teardown names one in order to delete it.
  const named = options.foreign === 'refuse' && target.resourceGroupGiven;
  const rule = { owned: ownedForTeardown(ownerOf(context, options.general), named), sameCreation: false };
  const waitMs = options.teardown.waitForDeletion ? deletionWaitMs : 0;
  const deletion = await deleteOurs(az, target, { ...rule, dryRun: false, waitMs }, async () => {
    // An e2e has just worked on it, under the lock.
    if (options.foreign === 'refuse') await waitForOthers(context, provider, options.deployment.namespace, note);
  });
  if (deletion.deleted !== 'nothing') {
    // The deletion has begun, so post has nothing left to do about the cluster and what is in it.
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
  // A cluster of somebody else, in which the namespace may well be ours.
  const fate = await removeNamespace(context, provider, options, note);
  if (fate === 'kept') return false;
  if (fate === 'deleted') {
    note(`The cluster stays: ${deletion.reason}.`);
    return true;
  }
  return refuse(options, new ActionError('ownership-mismatch', `Nothing was deleted: ${deletion.reason}.`), note);
}

/**
 * A cluster is not taken from under a run that works on it, of whatever repository. One that does not answer is no
 * reason to keep it: nobody can be at work on that. @throws ActionError `locked`.
 */
async function waitForOthers(context: Context, provider: Provider, namespace: string, note: Note): Promise<void> {
  try {
    await connectCluster(context, provider, async cluster => {
      await waitForApi(cluster.api, apiTimeoutMs);
      await lockForDeletion(context, cluster, namespace);
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (hasCode(error, 'locked')) throw error;
    note(`Whether somebody works on the cluster could not be seen: ${toActionError(error).message}`);
  }
}

function refuse({ foreign }: TeardownOptions, error: ActionError, note: (text: string) => void): false {
  if (foreign === 'refuse') throw error;
  note(error.message);
  return false;
}

async function deleteOnlyNamespace(
  context: Context,
  provider: Provider,
  options: TeardownOptions,
  note: Note,
): Promise<boolean> {
  const { deployment } = options;
  const { namespace } = deployment;
  const fate = await removeNamespace(context, provider, options, note);
  if (fate === 'not-ours') {
    const message = `Namespace ${namespace} is not deleted: it does not carry the label of this action.`;
    return refuse(options, new ActionError('namespace-not-ours', message), note);
  }
  if (fate === 'absent') note(`There is no namespace ${namespace}.`);
  return fate === 'deleted';
}

/** Deletes the namespace if it is ours. What a dead run left in the cluster is reverted before: the record goes with it. */
async function removeNamespace(
  context: Context,
  provider: Provider,
  { deployment: { namespace }, teardown: policy, foreign, keepNamespace }: TeardownOptions,
  note: Note,
): Promise<NamespaceDeletion | 'kept'> {
  if (keepNamespace) {
    note(`Namespace ${namespace} was there before, so it stays.`);
    return 'kept';
  }
  return connectCluster(context, provider, async cluster => {
    const { api } = cluster;
    await waitForApi(api, apiTimeoutMs);
    const fate = await deleteNamespace(api, namespace, async () => {
      // An e2e has just worked on it, under the lock.
      if (foreign === 'keep') return;
      await lockForDeletion(context, cluster, namespace, async () => {
        const done = await revertConfirmedRecords(context, api, revertPlaceOf(provider, namespace), note);
        if (done !== undefined) note(done);
      });
    });
    if (fate === 'not-ours') return fate;
    if (fate === 'deleted') {
      if (policy.waitForDeletion) await waitUntilNamespaceGone(api, namespace, namespaceWaitMs);
      note(`Namespace ${namespace} is ${policy.waitForDeletion ? 'deleted' : 'being deleted'}.`);
    }
    // The lock has gone with the namespace.
    context.undoLog.settleAll(
      undo => (undo.kind === 'namespace' || undo.kind === 'lock') && undo.namespace === namespace,
    );
    return fate;
  });
}

export interface TeardownRequest extends StepRequest<'teardown'> {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly teardown: Teardown;
}

/** @param before what is done to see whether another run works on the cluster; an e2e has just worked on it */
export function teardownPhase(
  { target, deployment: { namespace } }: Pick<TeardownRequest, 'target' | 'deployment'>,
  before: readonly Phase[],
): Phase {
  return {
    name: 'teardown',
    commands(dryRun) {
      const asking = before.flatMap(phase => phase.commands(dryRun));
      if (target.kind === 'kubeconfig') {
        const why = 'delete the namespace, if it carries our label';
        return [...asking, deletionCommand('Namespace', { name: namespace }, why)];
      }
      return [
        ...[showGroup(target), showCluster(target), listResources(target)].map(commandStep),
        ...asking,
        { ...commandStep(deleteGroup(target)), why: 'delete the group, if we created it and it holds nothing else' },
        { ...commandStep(deleteCluster(target, 'ETAG')), why: 'else delete the cluster, if we created it' },
        { ...commandStep(showGroup(target)), why: 'see that it is being deleted' },
      ];
    },
  };
}

export const teardownOperation = defineOperation<TeardownRequest>({
  name: 'teardown',
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
