import type { RequestDefinition } from '../inputs/read-request.js';
import type { General, StepRequest, Target } from '../inputs/request.js';
import type { PhaseLimit } from '../inputs/time-budget.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { CommandStep } from '../runtime/command-line.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { underLock } from '../step-context/lock.js';
import type { Manifests } from '../step-context/manifests.js';
import { openProvider } from '../step-context/provider.js';
import { workOnCluster } from '../step-context/work-on-cluster.js';
import type { Permissions } from './shared-permissions.js';

/** The data of a dry run in addition to the request. */
export interface DryRun {
  readonly context: Context;
  /** The objects of the deployment as they would be applied, without patches; undefined if nothing is deployed. */
  readonly manifests: Manifests | undefined;
}

/** A phase of an operation. The time budget and the dry run of the operation are derived from its phases. */
export interface Phase extends PhaseLimit {
  /**
   * Returns the commands that the phase runs, in order. Commands that depend on the cluster are shown as for an empty
   * one.
   */
  commands(dryRun: DryRun): readonly CommandStep[];
}

/** Everything that defines an operation. */
export interface OperationDefinition<R extends StepRequest = StepRequest> extends RequestDefinition<R> {
  readonly name: R['operation'];
  phases(request: R): readonly Phase[];
  /** What the identity of the operation must be allowed to do: docs/permissions.md is generated from it. */
  readonly permissions: Permissions;
  /** Runs the operation. Throws ActionError with the reason when it fails. */
  run(context: Context, request: R): Promise<void>;
}

/** Keeps the type of the request, from which the type of all requests is derived. */
export function defineOperation<R extends StepRequest>(definition: OperationDefinition<R>): OperationDefinition<R> {
  return definition;
}

/** Runs `body` on the cluster of a request. */
export function onCluster<T>(
  context: Context,
  { general, target }: OnCluster,
  body: (cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  return workOnCluster(context, openProvider(context, target), general, body);
}

/** Runs `body` on the cluster of a request, under the lock of its deployment. */
export function onDeployment<T>(
  context: Context,
  request: OnCluster & { readonly deployment: Deployment },
  body: (context: Context, cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  return onCluster(context, request, cluster => underLock(context, cluster, request.deployment.namespace, body));
}

interface OnCluster {
  readonly general: General;
  readonly target: Target;
}
