import { workActions } from '../azure/role-actions.js';
import { lockAccess } from '../chaos/chaos-access.js';
import type { StepRequest, Target, Verification } from '../inputs/request.js';
import { access } from '../kubernetes/api/access-rule.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { applyCommand } from '../kubernetes/api/kubectl-equivalents.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { readPodCpu, waitForMetrics } from '../kubernetes/autoscaler.js';
import { membersAmong } from '../kubernetes/pods.js';
import { findAutoscaler } from '../kubernetes/scaling.js';
import { renderAutoscaler } from '../migratorydata/manifests/horizontal-pod-autoscaler.js';
import { checkScaleSteps } from '../migratorydata/member-bounds.js';
import { membersOf } from '../migratorydata/object-names.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { readLiveDeployment } from '../step-context/live-deployment.js';
import { buildAutoscaler } from '../step-context/manifests.js';
import { reportMembers } from '../step-context/members.js';
import { warnOfReconciler } from '../step-context/reconcilers.js';
import { defineOperation, onDeployment, type Phase } from './operation.js';
import { liveAccess } from './shared-permissions.js';
import { patchCommands, workPhase } from './shared-phases.js';

export interface AutoscaleOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
  readonly verification: Verification;
}

/**
 * Applies the autoscaler, with the user's patches, and waits until it has a current metric, without which it cannot scale.
 * @throws ActionError `scale-out-of-bounds`, `metrics-unavailable`, and the errors of patches and of the API.
 */
export async function autoscale(context: Context, { api }: ConnectedCluster, options: AutoscaleOptions): Promise<void> {
  const { autoscaling, verification } = options;
  const { journal, ports } = context;
  const { namespace } = options.deployment;
  await journal.phase('autoscale', 'Apply the autoscaler', async note => {
    const { statefulSet, deployment: deployed } = await readLiveDeployment(api, options.deployment, ownInputs);
    const deployment = { ...deployed, ...givenBounds(options.deployment) };
    const wanted = await buildAutoscaler(context, deployment, autoscaling);
    const { minReplicas = 1, maxReplicas } = wanted.spec;
    checkScaleSteps(deployed, [minReplicas, maxReplicas]);
    await warnOfOtherScalers(context, api, deployment, wanted.metadata.name);
    await api.apply(wanted, 'apply the autoscaler');
    const key = { namespace, name: wanted.metadata.name };
    const live = await waitForMetrics(api, key, { timeoutMs: verification.timeoutMs, progress: note });
    const { labels } = membersOf(deployment);
    const selection = { namespace, labels };
    const [cpu, pods] = await Promise.all([readPodCpu(api, selection), api.list('Pod', selection, 'list the members')]);
    const members = membersAmong(pods.items, statefulSet);
    reportMembers(context, members, deployment, cpu);
    ports.outputs.set('hpa', live.name);
    const bounds = `${minReplicas} to ${maxReplicas} members`;
    const { name, cpuPercent, cpuTarget } = live;
    if (cpuTarget === undefined) {
      journal.fact('Autoscaler', `${name}: ${bounds}`);
      note(`Autoscaler ${name} has its metrics.`);
    } else {
      journal.fact('Autoscaler', `${name}: ${cpuPercent}% of ${cpuTarget}% CPU, ${bounds}`);
      note(`CPU usage is ${cpuPercent}% of the requests of the members; the target is ${cpuTarget}%.`);
    }
    for (const { metadata } of members) {
      const millicores = cpu?.get(metadata.name);
      if (millicores !== undefined) note(`${metadata.name} uses ${millicores}m.`);
    }
  });
}

/** The bounds of the autoscaler, which may be narrower than those of the deployment. */
const ownInputs = ['min-replicas', 'max-replicas'];

function givenBounds({
  given = [],
  minReplicas,
  maxReplicas,
}: Deployment): Partial<Pick<Deployment, 'minReplicas' | 'maxReplicas'>> {
  return {
    ...(given.includes('min-replicas') && { minReplicas }),
    ...(given.includes('max-replicas') && { maxReplicas }),
  };
}

/** Warns of an autoscaler that somebody else has made for the members, and of a controller that undoes what is applied. */
async function warnOfOtherScalers(
  context: Context,
  api: KubernetesApi,
  deployment: Deployment,
  ours: string,
): Promise<void> {
  const found = await findAutoscaler(api, membersOf(deployment));
  if (found === undefined) return;
  const { name, reconciler } = found;
  warnOfReconciler(context, `Autoscaler ${name}`, reconciler);
  if (name === ours) return;
  context.journal.warn(
    `Autoscaler ${name} scales the members as well: Kubernetes stops autoscalers that select the same pods. Delete it, or do not run autoscale.`,
  );
}

export function autoscalePhase({ deployment, autoscaling, verification }: AutoscaleOptions): Phase {
  return {
    name: 'autoscale',
    limitMs: verification.timeoutMs,
    commands: () => [
      ...patchCommands(deployment),
      applyCommand(renderAutoscaler(deployment, autoscaling), 'apply the autoscaler'),
    ],
  };
}

export interface AutoscaleRequest extends StepRequest<'autoscale'>, AutoscaleOptions {}

export const autoscaleOperation = defineOperation<AutoscaleRequest>({
  name: 'autoscale',
  permissions: {
    access: [
      ...lockAccess,
      ...liveAccess,
      access('deployment', 'Pod', ['list']),
      access('deployment', 'HorizontalPodAutoscaler', ['list', 'watch', 'create', 'patch']),
      access('deployment', 'PodMetrics', ['list'], { without: unseen.podCpu }),
    ],
    actions: workActions,
  },
  readRequest: ({ general, target, deployment, autoscaling, verification }) => ({
    operation: 'autoscale',
    general,
    target,
    deployment,
    autoscaling,
    verification,
  }),
  phases: request => [workPhase(request.target), autoscalePhase(request)],
  run: (context, request) => onDeployment(context, request, (locked, cluster) => autoscale(locked, cluster, request)),
});
