import { join } from 'node:path';
import { createCluster, deleteCluster, getCredentials, listVersions, showCluster } from '../azure/cluster-commands.js';
import {
  type AzCommand,
  createGroup,
  deleteGroup,
  listActivity,
  listPermissions,
  listResources,
  listSizes,
  listUsage,
  logIn,
  showAccount,
  showGroup,
  showProvider,
  showVersion,
} from '../azure/commands.js';
import { providerNamespace } from '../azure/preflight-checks.js';
import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import { ownershipTags, withUserTags } from '../azure/tags.js';
import type { Request, Target } from '../inputs/request.js';
import { equivalentCommand } from '../kubernetes/kubectl-equivalents.js';
import { readClientVersion } from '../kubernetes/kubectl-version.js';
import { renderAutoscaler } from '../migratorydata/manifests/horizontal-pod-autoscaler.js';
import { names } from '../migratorydata/object-names.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Deployment } from '../migratorydata/spec.js';
import { commandLine } from '../runtime/command-line.js';
import { ownerOf } from '../step-context/azure-session.js';
import type { Context } from '../step-context/context.js';
import { buildManifests, writeManifests } from '../step-context/manifests.js';
import { chaosSteps, type DryRunStep } from './dry-run-chaos.js';

/**
 * Explains what an operation would do and starts nothing of it: the commands in their order, and the manifests as
 * files. What depends on the cluster (whether a group exists, which node is drained) is shown as it is when nothing
 * exists yet.
 */
export async function dryRun(context: Context, request: Request): Promise<void> {
  await context.journal.phase('plan', `Plan of operation ${request.operation}`, async note => {
    const manifests = 'deployment' in request ? await writePlannedManifests(context, request) : '';
    if (manifests !== '') note(`The manifests are in ${manifests}.`);
    const steps = withLogin(request, planOf(context, request, manifests));
    if (steps.length === 0) note('No process would be started, and no cluster asked.');
    for (const { line, why } of steps) note(`${line}  # ${why}`);
  });
}

async function writePlannedManifests(
  context: Context,
  request: Extract<Request, { deployment: Deployment }>,
): Promise<string> {
  const { deployment, general } = request;
  const autoscaling = 'autoscaling' in request ? { autoscaling: request.autoscaling } : {};
  const choices = { replicas: deployment.replicas, secretNames: firstSecretNames(deployment), ...autoscaling };
  // Patches need a process; the plan starts none, so the files are those of before the patches.
  const { files } = await buildManifests(context, { deployment: { ...deployment, patches: '' }, ...choices });
  return writeManifests(context, general.reportDirectory, files);
}

function planOf(context: Context, request: Request, manifests: string): readonly DryRunStep[] {
  switch (request.operation) {
    case 'render':
    case 'sweep':
      return [];
    case 'preflight':
      return [
        clientVersion,
        ...patchSteps(request.deployment),
        ...(request.target.kind === 'aks'
          ? preflightSteps(request.target, request.cluster)
          : openSteps(context, request.target)),
      ];
    case 'create':
      return [...createSteps(context, request), ...openSteps(context, request.target)];
    case 'deploy':
      return [...openSteps(context, request.target), ...deploySteps(request.deployment, manifests)];
    case 'verify':
    case 'recover':
      return openSteps(context, request.target);
    case 'collect':
      return [...openSteps(context, request.target), ...activitySteps(request.target)];
    case 'scale':
      return [
        ...openSteps(context, request.target),
        ...request.scaling.steps.map(step => scaleStep(request.deployment, step)),
      ];
    case 'autoscale':
      return [...openSteps(context, request.target), autoscaleStep(request.deployment, request.autoscaling)];
    case 'chaos':
      return [...openSteps(context, request.target), ...chaosSteps(request.chaos)];
    case 'teardown':
      return deletionSteps(request.target, request.deployment, openSteps(context, request.target));
    case 'e2e': {
      const { target, deployment } = request;
      return [
        clientVersion,
        ...patchSteps(deployment),
        ...(target.kind === 'aks'
          ? [...preflightSteps(target, request.cluster), ...createSteps(context, { ...request, target })]
          : []),
        ...openSteps(context, target),
        ...deploySteps(deployment, manifests),
        ...request.scaling.steps.map(step => scaleStep(deployment, step)),
        autoscaleStep(deployment, request.autoscaling),
        ...chaosSteps(request.chaos),
        ...(request.teardown.policy === 'never' ? [] : deletionSteps(target, deployment, [])),
      ];
    }
  }
}

function az({ tool, argv, why }: AzCommand): DryRunStep {
  return { line: commandLine({ tool, argv }), why };
}

const clientVersion: DryRunStep = { line: commandLine(readClientVersion), why: readClientVersion.why };

/** A login of the action's own comes right before its first az. */
function withLogin(request: Request, steps: readonly DryRunStep[]): readonly DryRunStep[] {
  if (!('target' in request) || request.target.kind !== 'aks' || request.target.login === undefined) return steps;
  const { clientId, tenantId } = request.target.login;
  const first = steps.findIndex(({ line }) => line.startsWith('az '));
  return first < 0 ? steps : [...steps.slice(0, first), az(logIn(clientId, tenantId, '')), ...steps.slice(first)];
}

/** Stands for the subscription of a login that nobody has asked for: a name in capitals would be no identifier. */
const anySubscription = '00000000-0000-0000-0000-000000000000';

function preflightSteps(target: AzureTarget, { location, kubernetesVersion }: ClusterSpec): readonly DryRunStep[] {
  // Without the input it is the login's own, which is known only once az has been asked.
  const subscription = target.subscriptionId || anySubscription;
  return [
    az(showVersion()),
    az(showAccount(target.subscriptionId)),
    az(showProvider(subscription, providerNamespace)),
    az(listPermissions(`/subscriptions/${subscription}`)),
    ...(kubernetesVersion === '' ? [] : [az(listVersions(subscription, location))]),
    az(listSizes(subscription, location)),
    az(listUsage(subscription, location)),
    az(showGroup({ ...target, subscriptionId: subscription })),
  ];
}

function createSteps(
  context: Context,
  { target, cluster, general }: { target: AzureTarget; cluster: ClusterSpec; general: Parameters<typeof ownerOf>[1] },
): readonly DryRunStep[] {
  const ref = target;
  const birth = { creationId: 'CREATION-ID', createdAt: context.ports.clock.date() };
  const expiry = cluster.ttlMs === undefined ? {} : { ttlMs: cluster.ttlMs };
  const tags = withUserTags(cluster.tags, ownershipTags(ownerOf(context, general), { ...birth, ...expiry }));
  const plan = { ref, spec: cluster, tags, upgradesOff: cluster.ttlMs !== undefined };
  return [
    az(showGroup(ref)),
    az(createGroup(ref, cluster.location, tags)),
    az(createCluster(plan, cluster.nodeVmSizes[0] ?? '')),
    az(showCluster(ref)),
  ];
}

function openSteps({ ports }: Context, target: Target): readonly DryRunStep[] {
  const kubeconfig =
    target.kind === 'kubeconfig' && 'path' in target.source
      ? target.source.path
      : join(ports.run.tempFolder, 'migratorydata-aks-kubeconfig-UUID', 'config');
  const credentials = target.kind === 'aks' ? [az(getCredentials(target, kubeconfig, 'user'))] : [];
  const socket = join(ports.run.tempFolder, 'k8s-UUID', 'k8s.sock');
  const argv = ['proxy', `--unix-socket=${socket}`, `--kubeconfig=${kubeconfig}`];
  return [...credentials, { line: commandLine({ tool: 'kubectl', argv }), why: 'reach the Kubernetes API' }];
}

function patchSteps({ patches }: Deployment): readonly DryRunStep[] {
  const why = `apply the patches in ${patches} to the manifests`;
  return patches === '' ? [] : [{ line: 'kubectl kustomize FOLDER', why }];
}

function deploySteps(deployment: Deployment, manifests: string): readonly DryRunStep[] {
  const argv = ['apply', '--server-side', '-f', manifests];
  const why = `deploy to namespace ${deployment.namespace}`;
  return [...patchSteps(deployment), { line: commandLine({ tool: 'kubectl', argv }), why }];
}

function scaleStep({ namespace }: Deployment, replicas: number): DryRunStep {
  const key = { namespace, name: names.statefulSet };
  const line = equivalentCommand({ verb: 'scale', kind: 'StatefulSet', key, replicas });
  return { line, why: `scale to ${replicas} members` };
}

function autoscaleStep(deployment: Deployment, autoscaling: Parameters<typeof renderAutoscaler>[1]): DryRunStep {
  const object = renderAutoscaler(deployment, autoscaling);
  return { line: equivalentCommand({ verb: 'apply', object, force: true }), why: 'apply the autoscaler' };
}

/** The log is asked for by the identifier of the cluster, which only Azure knows. */
function activitySteps(target: Target): readonly DryRunStep[] {
  return target.kind === 'aks'
    ? [az(showCluster(target)), az(listActivity(target.subscriptionId || anySubscription, '/CLUSTER-ID'))]
    : [];
}

/** @param asking how it is seen whether another run works on the cluster */
function deletionSteps(
  target: Target,
  { namespace }: Deployment,
  asking: readonly DryRunStep[],
): readonly DryRunStep[] {
  if (target.kind === 'kubeconfig') {
    const line = equivalentCommand({ verb: 'delete', kind: 'Namespace', key: { name: namespace } });
    return [...asking, { line, why: 'delete the namespace, if it carries our label' }];
  }
  const ref = target;
  return [
    az(showGroup(ref)),
    az(showCluster(ref)),
    az(listResources(ref)),
    ...asking,
    { ...az(deleteGroup(ref)), why: 'delete the group, if we made it and it holds nothing else' },
    { ...az(deleteCluster(ref, 'ETAG')), why: 'else delete the cluster, if we made it' },
    { ...az(showGroup(ref)), why: 'see that it is being deleted' },
  ];
}
