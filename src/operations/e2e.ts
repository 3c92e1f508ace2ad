import type { Az } from '../azure/az.js';
import type { E2eRequest } from '../inputs/request.js';
import { connectCluster, type ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { underLock } from '../step-context/lock.js';
import { autoscale } from './autoscale.js';
import { runChaos } from './chaos.js';
import { provisionCluster, waitUntilUsable } from './create.js';
import { deploy } from './deploy.js';
import { preflight } from './preflight.js';
import { scale } from './scale.js';
import { teardown } from './teardown.js';
import { verify } from './verify.js';

/**
 * The whole life of a cluster in one step. When a phase fails, what was created is deleted as the ledger says; that
 * is the step's own business, so here is only the order.
 */
export async function e2e(context: Context, az: Az | undefined, request: E2eRequest): Promise<void> {
  const { target } = request;
  await preflight(context, az, request);
  const created =
    target.kind === 'aks' && az !== undefined ? await provisionCluster(context, az, { ...request, target }) : undefined;
  const madeNamespace = await connectCluster(context, { target, az }, async cluster => {
    if (created !== undefined) await waitUntilUsable(context, cluster, request.cluster.nodeCount, created.deadlineMs);
    return runPhases(context, az, cluster, request);
  });
  if (request.teardown.policy === 'never') return;
  await teardown(context, az, { ...request, foreign: 'keep', keepNamespace: !madeNamespace });
}

/** Gives whether the namespace was made here: the deployment of somebody's else, or of another day, is not to go. */
async function runPhases(
  context: Context,
  az: Az | undefined,
  cluster: ConnectedCluster,
  request: E2eRequest,
): Promise<boolean> {
  const keepNamespace = request.teardown.policy === 'never' || request.teardown.policy === 'on-success';
  const { target, deployment } = request;
  const { madeNamespace } = await deploy(context, cluster, { ...request, keepNamespace });
  await underLock(context, cluster, { target, az, namespace: deployment.namespace }, async (held, locked) => {
    await verify(held, locked, request);
    await scale(held, locked, request);
    await autoscale(held, locked, request);
    await az?.session.renewIfOld(held.signal);
    await runChaos(held, az, locked, request);
    await verify(held, locked, request);
  });
  return madeNamespace;
}
