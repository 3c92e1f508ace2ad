import { azureStep } from '../azure/arm/call.js';
import { planOutlivesLogin } from '../azure/arm/login-lifetime.js';
import { showVersion } from '../azure/cli/az-commands.js';
import { readCluster } from '../azure/cluster/cluster-requests.js';
import { readGroup } from '../azure/cluster/group-requests.js';
import { drainShortage } from '../azure/preflight/capacity.js';
import {
  listPermissions,
  listSizes,
  listUsage,
  listVersions,
  readProvider,
  readSubscription,
} from '../azure/preflight/check-requests.js';
import {
  clusterProviders,
  joinProblems,
  preflightAzure,
  providerNamespace,
} from '../azure/preflight/preflight-checks.js';
import { preflightActions } from '../azure/role-actions.js';
import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import type { General, StepRequest, Target, Teardown } from '../inputs/request.js';
import { explainSkew, readKubectlVersion, waitForApi } from '../kubernetes/api/kubectl-version.js';
import { parseCpuMillicores } from '../kubernetes/quantity.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { CommandStep } from '../runtime/command-line.js';
import { type AksProvider, openProvider, ownerOf, type Provider } from '../step-context/provider.js';
import { defineOperation, type Phase } from './operation.js';
import { clientVersion, connectPhase, patchCommands } from './shared-phases.js';

export interface PreflightOptions {
  readonly general: General;
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
  /** How long the work that follows may take, in milliseconds: its login must be valid for as long. */
  readonly budgetMs: number;
  /** Whether that work deletes what it creates, for which it needs a valid login at its end. */
  readonly tearsDown: boolean;
}
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { buildManifests } from '../step-context/manifests.js';

/** How long the API server of an existing cluster may take to respond, in milliseconds. */
const apiTimeoutMs = 30_000;

/**
 * Checks the prerequisites of the operation and changes nothing: patches and tools; login, permissions, quota, sizes
 * and names for Azure; reachability and permissions for an existing cluster.
 * @throws ActionError with all problems found.
 */
export async function preflight(context: Context, provider: Provider, options: PreflightOptions): Promise<void> {
  await context.journal.phase('preflight', 'Check tools, permissions and limits', async note => {
    const kubectl = await readKubectlVersion(context.ports.runner, context.signal);
    if (kubectl !== undefined) note(`kubectl ${kubectl.text}`);
    const deployment = await withPatches(context, options.deployment, note);
    if (provider.kind === 'kubeconfig') {
      const server = await connectCluster(context, provider, ({ api }) => waitForApi(api, apiTimeoutMs));
      note(`The API server responds; it runs ${server.text}.`);
      const skew = explainSkew(kubectl, server);
      if (skew !== undefined) context.journal.warn(skew);
      return;
    }
    await checkAzure(context, provider, { ...options, deployment }, note);
  });
}

/** Returns the deployment as patched. Patches that do not apply must fail before a cluster is created. */
async function withPatches(context: Context, given: Deployment, note: (text: string) => void): Promise<Deployment> {
  const { patches, replicas } = given;
  if (patches === '') return given;
  const choices = { deployment: given, replicas, secretNames: firstSecretNames(given) };
  const { deployment } = await buildManifests(context, choices);
  note(`The patches in ${patches} apply to the manifests.`);
  return deployment;
}

async function checkAzure(
  context: Context,
  { azure, target }: AksProvider,
  { general, cluster: spec, deployment, budgetMs, tearsDown }: PreflightOptions,
  note: (text: string) => void,
): Promise<void> {
  const { existingCluster } = spec;
  // Nothing is created here, so there is no creation to match.
  const claim = { existingCluster, owner: ownerOf(context, general), creationId: '' };
  const found = await preflightAzure(azure, target, spec, claim);
  for (const text of found.notes) note(text);
  for (const text of found.warnings) context.journal.warn(text);
  const [size] = found.sizes;
  const cpuMillicores = parseCpuMillicores(deployment.cpuRequest);
  const shortage = size && drainShortage(size.vcpus, spec.maxNodes, deployment.replicas, cpuMillicores);
  if (shortage !== undefined) context.journal.warn(shortage);
  const needsLogin = tearsDown && target.login === undefined;
  const outlived = needsLogin ? await planOutlivesLogin(azure, target.subscriptionId, budgetMs) : undefined;
  const problem = joinProblems([...found.problems, ...(outlived ? [outlived] : [])]);
  if (problem) throw problem;
}

export interface PreflightRequest extends StepRequest<'preflight'> {
  readonly target: Target;
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
  /** That of the steps that follow. */
  readonly teardown: Teardown;
}

export function preflightPhase({
  target,
  cluster,
  deployment,
}: Pick<PreflightRequest, 'target' | 'cluster' | 'deployment'>): Phase {
  return {
    name: 'preflight',
    commands: dryRun => [
      clientVersion,
      ...patchCommands(deployment),
      ...(target.kind === 'aks' ? azureCommands(target, cluster) : connectPhase(target).commands(dryRun)),
    ],
  };
}

function azureCommands(target: AzureTarget, { location, kubernetesVersion }: ClusterSpec): readonly CommandStep[] {
  const { subscriptionId } = target;
  return [
    showVersion(),
    readSubscription(subscriptionId),
    ...[providerNamespace, ...clusterProviders].map(namespace => readProvider(subscriptionId, namespace)),
    listPermissions(subscriptionId),
    ...(kubernetesVersion === '' ? [] : [listVersions(subscriptionId, location)]),
    listSizes(subscriptionId, location),
    listUsage(subscriptionId, location),
    readGroup(target),
    readCluster(target),
  ].map(azureStep);
}

export const preflightOperation = defineOperation<PreflightRequest>({
  name: 'preflight',
  permissions: { access: [], actions: preflightActions },
  readRequest: ({ general, target, cluster, deployment, teardown }) => ({
    operation: 'preflight',
    general,
    target,
    cluster,
    deployment,
    teardown,
  }),
  phases: request => [preflightPhase(request)],
  run: (context, request) =>
    preflight(context, openProvider(context, request.target), {
      ...request,
      budgetMs: request.general.timeoutMs,
      tearsDown: request.teardown.policy !== 'never',
    }),
});
