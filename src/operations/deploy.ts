import { randomBytes } from 'node:crypto';
import { ActionError } from '../errors/action-error.js';
import type { StepRequest, Target, Verification } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { applyCommand, creationCommand } from '../kubernetes/kubectl-equivalents.js';
import { reconcilerOf } from '../kubernetes/reconcilers.js';
import { updateMembers } from '../kubernetes/rolling-update.js';
import { waitForMembers } from '../kubernetes/rollout.js';
import type { KubernetesObject, Namespace, Pod, Secret, StatefulSet } from '../kubernetes/types.js';
import { acceptSameRequests, type DeploymentChange, classifyChange } from '../migratorydata/changes.js';
import { keepSecrets, keptWarning, secretTexts, usesSecrets } from '../migratorydata/kept-secrets.js';
import { checkConfigNote } from '../migratorydata/config-note.js';
import { haveQuorum } from '../migratorydata/membership.js';
import { isOurs, membersOf, names } from '../migratorydata/object-names.js';
import { planSecrets } from '../migratorydata/secret-plan.js';
import { secretsInUse } from '../migratorydata/server-options.js';
import type { Deployment } from '../migratorydata/spec.js';
import { manifestWarnings } from '../migratorydata/warnings.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { findEndpoint } from '../step-context/endpoint.js';
import { buildManifests } from '../step-context/manifests.js';
import { pauseBetweenMembers } from '../step-context/member-pause.js';
import { reportMembers, rolloutLimits, warnOfForeignPods } from '../step-context/members.js';
import { planResources } from '../step-context/resources.js';
import { warnOfReconciler } from '../step-context/reconcilers.js';
import { stopAll } from '../step-context/stop-members.js';
import { defineOperation, onDeployment, type Phase } from './operation.js';
import { workPhase, patchCommands } from './shared-phases.js';

export interface DeployOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
  /** Whether a namespace that this step creates is kept when the step fails. */
  readonly keepNamespace: boolean;
}

/**
 * Creates or updates a deployment: the namespace first, then the other objects together, then the members. Waits until
 * all members are Ready and the Service has an address.
 * @throws ActionError the reason why the rollout failed; `immutable-field`, `full-restart-needed`.
 */
export async function deploy(
  context: Context,
  cluster: ConnectedCluster,
  given: DeployOptions,
): Promise<{ readonly madeNamespace: boolean }> {
  const { namespace, image } = given.deployment;
  return context.journal.phase('deploy', `Deploy ${image} to namespace ${namespace}`, async note => {
    const { api } = cluster;
    const live = await readLive(api, given.deployment);
    const options = { ...given, deployment: withLiveSecrets(context, given.deployment, live) };
    // 0 replicas are left by an interrupted full restart; any other number was set on purpose.
    const replicas = live.statefulSet?.spec.replicas || options.deployment.replicas;
    for (const warning of manifestWarnings(options.deployment, replicas)) context.journal.warn(warning);
    if (live.statefulSet) checkConfigNote(live.statefulSet, options.deployment);
    if (live.statefulSet) warnOfReconciler(context, 'The StatefulSet', reconcilerOf(live.statefulSet));

    const secrets = planSecrets(options.deployment, live.secrets, randomBytes(24).toString('base64url'));
    if (secrets.token !== undefined) context.hide(secrets.token);
    const {
      statefulSet: wanted,
      others,
      resources,
    } = await buildManifests(context, {
      deployment: options.deployment,
      replicas,
      secretNames: secrets.names,
    });
    const change = live.statefulSet && decide(live.statefulSet, wanted, options.deployment);
    const further = await planResources(context, api, namespace, resources);

    await applyNamespace(context, cluster, live.namespace, others, options, note);
    for (const secret of secrets.manifests) await api.create(secret, `create Secret ${secret.metadata.name}`);
    const isChanged = await further.apply(note);
    await Promise.all(
      others
        .filter(({ kind }) => kind !== 'Namespace')
        .map(object => api.apply(object, `apply ${object.kind} ${object.metadata.name}`)),
    );
    await rollOut(context, api, { ...options, wanted, live: live.statefulSet, change }, note);
    const isReduced = await further.prune(note);
    context.ports.outputs.set('changed', change !== 'none' || isChanged || isReduced);
    return { madeNamespace: live.namespace === undefined };
  });
}

interface Live {
  readonly namespace: Namespace | undefined;
  readonly statefulSet: StatefulSet | undefined;
  /** All Secrets of the namespace, if they matter. */
  readonly secrets: readonly Secret[];
}

/** Adds the secrets of the live deployment that were not given, and says so. */
function withLiveSecrets(context: Context, deployment: Deployment, { statefulSet, secrets }: Live): Deployment {
  if (statefulSet === undefined) return deployment;
  const all = keepSecrets(deployment.secrets, statefulSet, secrets);
  for (const value of secretTexts(all.secrets)) context.hide(value);
  if (all.kept.length > 0) context.journal.warn(keptWarning(all.kept));
  return { ...deployment, secrets: all.secrets };
}

/** Secrets are read only for a deployment that has or had some, because not every user has this permission. */
async function readLive(api: KubernetesApi, deployment: Deployment): Promise<Live> {
  const { namespace: name, secrets: given } = deployment;
  const hasSecrets = secretsInUse(deployment).length > 0 || given.registryCredentials !== undefined;
  const list = async (): Promise<readonly Secret[]> =>
    (await api.list('Secret', { namespace: name }, 'list the Secrets')).items;
  const [namespace, statefulSet, secrets] = await Promise.all([
    api.find('Namespace', { name }, `check whether namespace ${name} exists`),
    api.find('StatefulSet', { namespace: name, name: names.statefulSet }, 'read the live StatefulSet'),
    hasSecrets ? list() : undefined,
  ]);
  if (namespace?.status?.phase === 'Terminating') {
    throw new ActionError('namespace-terminating', `Namespace ${name} is being deleted.`);
  }
  if (statefulSet !== undefined && !isOurs(statefulSet)) {
    const message = `StatefulSet ${names.statefulSet} in namespace ${name} was not created by this action, so it is not changed.`;
    throw new ActionError('namespace-not-ours', message);
  }
  const hadSecrets = statefulSet !== undefined && usesSecrets(statefulSet);
  return { namespace, statefulSet, secrets: secrets ?? (hadSecrets ? await list() : []) };
}

function decide(
  live: StatefulSet,
  wanted: StatefulSet,
  { allowFullRestart }: Deployment,
): Exclude<DeploymentChange, object> {
  const change = classifyChange(live, wanted, { allowFullRestart });
  if (typeof change === 'object') throw change.refused;
  return change;
}

/** A namespace of another owner is used without changes: with our label on it, teardown would delete it. */
async function applyNamespace(
  { undoLog }: Context,
  { api, connection }: ConnectedCluster,
  live: Namespace | undefined,
  objects: readonly KubernetesObject[],
  { keepNamespace, deployment: { namespace } }: DeployOptions,
  note: Note,
): Promise<void> {
  const wanted = objects.find(({ kind }) => kind === 'Namespace');
  if (live !== undefined && !isOurs(live)) {
    note(`Namespace ${namespace} exists and was not created by this action: it is used, but never deleted.`);
    return;
  }
  // If the cluster will be deleted, its namespaces are deleted with it.
  const guarded = keepNamespace || undoLog.open().some(({ kind }) => kind === 'cluster');
  if (live === undefined && !guarded) undoLog.record({ kind: 'namespace', connection, namespace });
  if (wanted !== undefined) await api.apply(wanted, `apply namespace ${namespace}`);
}

interface RolloutOptions extends DeployOptions {
  readonly wanted: StatefulSet;
  readonly live: StatefulSet | undefined;
  readonly change: Exclude<DeploymentChange, object> | undefined;
}

/** Applies the StatefulSet as the change requires, and waits for the members and the address at the same time. */
async function rollOut(context: Context, api: KubernetesApi, options: RolloutOptions, note: Note): Promise<void> {
  const { target, deployment, verification, wanted, live, change } = options;
  const members = membersOf(deployment);
  const limits = rolloutLimits(context, target, verification.timeoutMs, note);
  // While members are updated one at a time, an autoscaler may change their number.
  const goal = change === 'rolling' ? {} : { replicas: wanted.spec.replicas ?? deployment.replicas };
  if (live !== undefined && change === 'rolling') {
    note('The members are updated one at a time, the highest ordinal first.');
    const answering = acceptSameRequests(live, wanted);
    const between = (): Promise<void> => pauseBetweenMembers(context, api, options, note, { answering });
    const isServing = (ready: readonly Pod[]): boolean =>
      haveQuorum(
        ready.map(({ metadata }) => metadata.name),
        deployment,
      );
    const readyWithinMs = verification.timeoutMs / 2;
    await updateMembers(api, { members, wanted, former: live, limits, readyWithinMs, isServing, between, note });
  } else {
    if (change === 'full-restart') await stopAll(api, deployment, limits, note);
    if (change === 'none') note('The deployment is already up to date.');
    await api.apply(wanted, `apply StatefulSet ${names.statefulSet}`);
  }
  const onForeign = (foreign: readonly Pod[]): void => {
    warnOfForeignPods(context, foreign);
  };
  const [pods] = await Promise.all([
    waitForMembers(api, { members, ...goal, updatedFrom: 0 }, { ...limits, onForeign }),
    findEndpoint(context, api, options, verification.timeoutMs, note),
  ]);
  reportMembers(context, pods, deployment);
  context.ports.outputs.set('image', deployment.image);
  context.ports.outputs.set('namespace', deployment.namespace);
  context.journal.fact('Image', deployment.image);
  context.journal.fact('Namespace', deployment.namespace);
  note(`${pods.length} members are Ready: ${pods.map(({ metadata }) => metadata.name).join(', ')}.`);
}

export function deployPhase({ deployment, verification }: Omit<DeployOptions, 'keepNamespace'>): Phase {
  return {
    name: 'deploy',
    limitMs: verification.timeoutMs,
    commands({ manifests }) {
      if (manifests === undefined) return [];
      const { statefulSet, others, resources } = manifests;
      const apply = (object: KubernetesObject) => applyCommand(object, `apply ${object.kind} ${object.metadata.name}`);
      const isNamespace = ({ kind }: KubernetesObject): boolean => kind === 'Namespace';
      return [
        ...patchCommands(deployment),
        ...others.filter(isNamespace).map(apply),
        ...planSecrets(deployment, [], '').manifests.map(secret =>
          creationCommand(secret, `create Secret ${secret.metadata.name}`),
        ),
        ...resources.map(({ object }) => apply(object)),
        ...others.filter(object => !isNamespace(object)).map(apply),
        apply(statefulSet),
      ];
    },
  };
}

export interface DeployRequest extends StepRequest<'deploy'>, Omit<DeployOptions, 'keepNamespace'> {}

export const deployOperation = defineOperation<DeployRequest>({
  name: 'deploy',
  readRequest: ({ general, target, deployment, verification }) => ({
    operation: 'deploy',
    general,
    target,
    deployment,
    verification,
  }),
  phases: request => [workPhase(request.target), deployPhase(request)],
  run: (context, request) =>
    onDeployment(context, request, async (locked, cluster) => {
      await deploy(locked, cluster, { ...request, keepNamespace: true });
    }),
});
