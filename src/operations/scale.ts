import { workActions } from '../azure/role-actions.js';
import { lockAccess } from '../chaos/chaos-access.js';
import type { Scaling, StepRequest, Target, Verification } from '../inputs/request.js';
import { access, onlyWith } from '../kubernetes/api/access-rule.js';
import { reconcilerOf } from '../kubernetes/reconcilers.js';
import { findAutoscaler, scaleCommand, scaleTo } from '../kubernetes/scaling.js';
import { checkScaleSteps } from '../migratorydata/member-bounds.js';
import { membersOf } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { checkDelivery } from '../step-context/delivery.js';
import { readLiveDeployment } from '../step-context/live-deployment.js';
import { reportMembers, rolloutLimits } from '../step-context/members.js';
import { warnOfReconciler } from '../step-context/reconcilers.js';
import { defineOperation, onDeployment, type Phase } from './operation.js';
import { endpointAccess, memberAccess } from './shared-permissions.js';
import { workPhase } from './shared-phases.js';

export interface ScaleOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly scaling: Scaling;
}

/**
 * Scales to each requested number of members in turn. All numbers are checked against the bounds first, and each step
 * is verified before the next. If an autoscaler controls the number, its bounds are changed instead.
 * @throws ActionError `scale-out-of-bounds`, `deployment-differs`, and the reason why a rollout failed.
 */
export async function scale(context: Context, { api }: ConnectedCluster, options: ScaleOptions): Promise<void> {
  const { target, verification, scaling } = options;
  const { statefulSet, deployment } = await readLiveDeployment(api, options.deployment);
  checkScaleSteps(deployment, scaling.steps);
  const scaler = await findAutoscaler(api, membersOf(deployment));
  if (scaler) warnOfReconciler(context, `Autoscaler ${scaler.name}`, scaler.reconciler);
  else warnOfReconciler(context, 'The StatefulSet', reconcilerOf(statefulSet));
  for (const [index, replicas] of scaling.steps.entries()) {
    await context.journal.phase(`scale-${index + 1}`, `Scale to ${replicas} members`, async note => {
      const limits = rolloutLimits(context, target, verification.timeoutMs, note);
      const { pods, autoscaler } = await scaleTo(api, membersOf(deployment), replicas, limits);
      if (autoscaler) {
        const { name, minReplicas, maxReplicas } = autoscaler;
        note(
          `Autoscaler ${name} controls the number of members: its bounds are now ${replicas}, before ${minReplicas} to ${maxReplicas}.`,
        );
      }
      reportMembers(context, pods, deployment);
      await checkDelivery(context, api, { ...options, deployment }, note);
      note(`${pods.length} members are Ready: ${pods.map(({ metadata }) => metadata.name).join(', ')}.`);
    });
  }
}

export function scalePhase({ deployment, scaling: { steps }, verification }: ScaleOptions): Phase {
  const members = membersOf(deployment);
  return {
    name: 'scale',
    limitMs: steps.length * verification.timeoutMs,
    commands: () => steps.map(replicas => scaleCommand(members, replicas)),
  };
}

export interface ScaleRequest extends StepRequest<'scale'>, ScaleOptions {}

export const scaleOperation = defineOperation<ScaleRequest>({
  name: 'scale',
  permissions: {
    access: [
      ...lockAccess,
      ...memberAccess,
      ...onlyWith('`rest: true`', endpointAccess),
      access('deployment', 'StatefulSet/scale', ['patch']),
      access('deployment', 'HorizontalPodAutoscaler', ['list']),
      access('deployment', 'HorizontalPodAutoscaler', ['patch'], { when: 'an autoscaler of the members' }),
    ],
    actions: workActions,
  },
  readRequest: ({ general, target, deployment, verification, scaling }) => ({
    operation: 'scale',
    general,
    target,
    deployment,
    verification,
    scaling,
  }),
  phases: request => [workPhase(request.target), scalePhase(request)],
  run: (context, request) => onDeployment(context, request, (locked, cluster) => scale(locked, cluster, request)),
});
