import type { ClusterSpec } from '../azure/spec.js';
import type { Chaos } from '../chaos/spec.js';
import type { Scaling, StepRequest, Target, Teardown, Verification } from '../inputs/request.js';
import { budgetMs } from '../inputs/time-budget.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { underLock } from '../step-context/lock.js';
import { openProvider } from '../step-context/provider.js';
import { workOnCluster } from '../step-context/work-on-cluster.js';
import { autoscale, autoscaleOperation, autoscalePhase } from './autoscale.js';
import { chaosOperation, chaosPhase, runChaos } from './chaos.js';
import { createOperation, createPhase, provisionCluster, waitUntilUsable } from './create.js';
import { deploy, deployOperation, deployPhase } from './deploy.js';
import { defineOperation, type Phase } from './operation.js';
import { preflight, preflightOperation, preflightPhase } from './preflight.js';
import { scale, scaleOperation, scalePhase } from './scale.js';
import { workPhase } from './shared-phases.js';
import { teardown, teardownOperation, teardownPhase } from './teardown.js';
import { verify, verifyOperation, verifyPhase } from './verify.js';

/** The request for the whole life cycle of a cluster in one step, with the sections of all operations that it runs. */
export interface E2eRequest extends StepRequest<'e2e'> {
  readonly target: Target;
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly scaling: Scaling;
  readonly autoscaling: Autoscaling;
  readonly chaos: Chaos;
  readonly teardown: Teardown;
}

/**
 * Runs the operations in the order of the life cycle. When a phase fails, the step deletes what the undo log records.
 */
async function e2e(context: Context, request: E2eRequest): Promise<void> {
  const provider = openProvider(context, request.target);
  const tearsDown = request.teardown.policy !== 'never';
  await preflight(context, provider, { ...request, budgetMs: budgetMs(phasesOf(request)), tearsDown });
  const created =
    provider.kind === 'aks'
      ? await provisionCluster(context, provider.azure, { ...request, target: provider.target })
      : undefined;
  const madeNamespace = await workOnCluster(context, provider, request.general, async cluster => {
    if (created !== undefined) await waitUntilUsable(context, cluster, request.cluster.nodeCount, created.deadlineMs);
    return runPhases(context, cluster, request);
  });
  if (tearsDown) await teardown(context, provider, { ...request, foreign: 'keep', keepNamespace: !madeNamespace });
}

/** Returns whether the namespace was created here. An existing namespace may hold objects of others, so it is kept. */
async function runPhases(context: Context, cluster: ConnectedCluster, request: E2eRequest): Promise<boolean> {
  const { policy } = request.teardown;
  const keepNamespace = policy === 'never' || policy === 'on-success';
  const { madeNamespace } = await deploy(context, cluster, { ...request, keepNamespace });
  await underLock(context, cluster, request.deployment.namespace, async (lockedContext, lockedCluster) => {
    await verify(lockedContext, lockedCluster, request);
    await scale(lockedContext, lockedCluster, request);
    await autoscale(lockedContext, lockedCluster, request);
    await runChaos(lockedContext, lockedCluster, request);
    await verify(lockedContext, lockedCluster, request);
  });
  return madeNamespace;
}

function phasesOf(request: E2eRequest): readonly Phase[] {
  const { target, deployment, scaling } = request;
  return [
    preflightPhase(request),
    ...(target.kind === 'aks' ? [createPhase({ ...request, target })] : []),
    workPhase(target),
    deployPhase(request),
    verifyPhase(request),
    scalePhase(request),
    autoscalePhase(request),
    // The last step of `scale-to` decides how many members exist when the experiments start.
    chaosPhase({ ...request, deployment: { ...deployment, replicas: scaling.steps.at(-1) ?? deployment.replicas } }),
    verifyPhase(request, 'last verify'),
    ...(request.teardown.policy === 'never' ? [] : [teardownPhase(request, [])]),
  ];
}

/** The operations whose phases it runs, each with the permissions that it has on its own. */
const phaseDefinitions = [
  ...[preflightOperation, createOperation, deployOperation, verifyOperation, scaleOperation, autoscaleOperation],
  ...[chaosOperation, teardownOperation],
];

export const e2eOperation = defineOperation<E2eRequest>({
  name: 'e2e',
  permissions: {
    access: phaseDefinitions.flatMap(({ permissions }) => permissions.access),
    actions: phaseDefinitions.flatMap(({ permissions }) => permissions.actions),
  },
  readRequest: ({
    general,
    target,
    cluster,
    deployment,
    verification,
    scaling,
    autoscaling,
    chaos,
    teardown: policy,
  }) => ({
    ...{ operation: 'e2e', general, target, cluster, deployment, verification, scaling, autoscaling, chaos },
    teardown: policy,
  }),
  phases: phasesOf,
  run: e2e,
});
