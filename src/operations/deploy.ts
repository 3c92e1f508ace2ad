import { workActions } from '../azure/role-actions.js';
import { lockAccess } from '../chaos/chaos-access.js';
import type { StepRequest, Target, Verification } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { applyCommand, creationCommand } from '../kubernetes/api/kubectl-equivalents.js';
import type { KubernetesObject, Pod, StatefulSet } from '../kubernetes/api/types.js';
import { reconcilerOf } from '../kubernetes/reconcilers.js';
import { updateMembers } from '../kubernetes/rollout/rolling-update.js';
import { waitForMembers } from '../kubernetes/rollout/rollout.js';
import { acceptSameRequests, type DeploymentChange } from '../migratorydata/changes.js';
import { checkConfigNote } from '../migratorydata/config-note.js';
import { completeSecrets, keptWarnings, referredSecrets, secretTexts } from '../migratorydata/kept-secrets.js';
import { haveQuorum } from '../migratorydata/membership.js';
import { membersOf, repositoryKey } from '../migratorydata/object-names.js';
import { firstSecretNames, planSecrets, type SecretPlan } from '../migratorydata/secret-plan.js';
import type { Deployment, DeploymentSecrets } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { findEndpoint } from '../step-context/endpoint.js';
import { type ExistingDeployment, readExisting } from '../step-context/existing-deployment.js';
import { buildManifests } from '../step-context/manifests.js';
import { checkMemberAnswers } from '../step-context/member-answers.js';
import { pauseBetweenMembers } from '../step-context/member-pause.js';
import { reportMembers, rolloutLimits, warnOfForeignPods } from '../step-context/members.js';
import { applyObject, planChange } from '../step-context/planned-change.js';
import { warnOfReconciler } from '../step-context/reconcilers.js';
import { planResources } from '../step-context/resources.js';
import { stopAll } from '../step-context/stop-members.js';
import { ensureNamespace } from './ensure-namespace.js';
import { defineOperation, onDeployment, type Phase } from './operation.js';
import { deployAccess } from './shared-permissions.js';
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
 * all members are Ready and answer, and the Service has an address.
 * @throws ActionError the reason why the rollout failed; `member-not-answering`, `deployment-not-ours`, `patches-refused`,
 * `immutable-field`, `full-restart-needed`.
 */
export async function deploy(
  context: Context,
  cluster: ConnectedCluster,
  given: DeployOptions,
): Promise<{ readonly madeNamespace: boolean }> {
  const { namespace } = given.deployment;
  return context.journal.phase('deploy', `Deploy to namespace ${namespace}`, async note => {
    const { api } = cluster;
    const { repository } = context.ports.run;
    const live = await readExisting(api, given.deployment, repository);
    // 0 replicas are left by an interrupted full restart; any other number was set on purpose.
    const replicas = live.statefulSet?.spec.replicas || given.deployment.replicas;
    if (live.statefulSet) checkConfigNote(live.statefulSet, given.deployment);
    if (live.statefulSet) warnOfReconciler(context, 'The StatefulSet', reconcilerOf(live.statefulSet));

    const secrets = chooseSecrets(context, given.deployment, live);
    const { deployment, statefulSet, others, resources, warnings } = await buildManifests(context, {
      deployment: { ...given.deployment, secrets: secrets.values },
      replicas,
      secretNames: secrets.names,
    });
    for (const warning of warnings) context.journal.warn(warning);
    const options = { ...given, deployment };
    const wanted = withRepository(statefulSet, repository);
    const change = live.statefulSet && (await planChange(api, live.statefulSet, wanted, deployment, note));
    const further = await planResources(context, api, deployment, resources);

    await ensureNamespace(context, cluster, live.namespace, others, options, note);
    for (const secret of secrets.manifests) await api.create(secret, `create Secret ${secret.metadata.name}`);
    const hasNewResources = await further.apply(note);
    const changes = await Promise.all(
      others
        .filter(({ kind }) => kind !== 'Namespace')
        .map(object => applyObject(api, object, live.others.get(`${object.kind} ${object.metadata.name}`))),
    );
    await rollOut(context, api, { ...options, wanted, live: live.statefulSet, change }, note);
    const hasFewerResources = await further.prune(note);
    const isChanged = change !== 'none' || changes.includes(true) || hasNewResources || hasFewerResources;
    context.ports.outputs.set('changed', isChanged);
    return { madeNamespace: live.namespace === undefined };
  });
}

/** Chooses the values of all secrets and the Secrets with them, and says what was not given and is not generated. */
function chooseSecrets(
  context: Context,
  deployment: Deployment,
  { statefulSet, secrets: existing }: ExistingDeployment,
): SecretPlan & { readonly values: DeploymentSecrets } {
  const { secrets, ...rest } = completeSecrets(deployment, statefulSet, existing, generateSecret);
  for (const value of secretTexts(secrets)) context.hide(value);
  for (const warning of keptWarnings(rest)) context.journal.warn(warning);
  const referred = statefulSet ? referredSecrets(statefulSet) : [];
  return { values: secrets, ...planSecrets({ ...deployment, secrets }, existing, { ...rest, referred }) };
}

/** 192 random bits in letters, digits, `-` and `_`. */
function generateSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url');
}

/** The repository tells whose deployment it is: see `readExisting`. */
function withRepository(statefulSet: StatefulSet, repository: string): StatefulSet {
  const { metadata } = statefulSet;
  const annotations = { ...metadata.annotations, [repositoryKey]: repository };
  return { ...statefulSet, metadata: { ...metadata, annotations } };
}

interface RolloutOptions extends DeployOptions {
  readonly wanted: StatefulSet;
  readonly live: StatefulSet | undefined;
  readonly change: DeploymentChange | undefined;
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
  } else if (change === 'none') {
    note('The members are already up to date.');
  } else {
    if (change === 'full-restart') await stopAll(api, deployment, limits, note);
    await api.apply(wanted, `apply StatefulSet ${wanted.metadata.name}`);
  }
  const onForeign = (foreign: readonly Pod[]): void => {
    warnOfForeignPods(context, foreign);
  };
  const ready = waitForMembers(api, { members, ...goal, updatedFrom: 0 }, { ...limits, onForeign });
  const [pods] = await Promise.all([
    ready,
    findEndpoint(context, api, { target, deployment, ready }, verification.timeoutMs, note),
  ]);
  reportMembers(context, pods, deployment);
  context.ports.outputs.set('image', deployment.image);
  context.ports.outputs.set('namespace', deployment.namespace);
  context.journal.fact('Image', deployment.image);
  context.journal.fact('Namespace', deployment.namespace);
  await checkMemberAnswers(context, api, { namespace: deployment.namespace, statefulSet: wanted, pods }, note);
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
        ...Object.values(firstSecretNames(deployment)).map((name: string) =>
          creationCommand(
            { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: deployment.namespace } },
            `create Secret ${name}; what was not given is generated`,
          ),
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
  permissions: { access: [...lockAccess, ...deployAccess], actions: workActions },
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
