import { getAccessToken, logIn, showCloud } from '../azure/cli/az-commands.js';
import { resolveRanges } from '../azure/cluster/runner-address.js';
import type { StepRequest, Target } from '../inputs/request.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import { type CommandStep, commandStep, showUnknown, unknownName } from '../runtime/command-line.js';
import type { Context } from '../step-context/context.js';
import { buildManifests, type Manifests, writeManifests } from '../step-context/manifests.js';
import type { Phase } from './operation.js';

/** The sections that the dry run of any operation reads. */
interface DryRunRequest extends StepRequest {
  readonly target?: Target;
  readonly deployment?: Deployment;
  readonly autoscaling?: Autoscaling;
}

/**
 * Shows the commands that an operation would run, in order, and writes the manifests to files, without running
 * anything. A word in capitals stands for a name that only the cluster or Azure knows.
 */
export async function dryRun(context: Context, request: DryRunRequest, phases: readonly Phase[]): Promise<void> {
  await context.journal.phase('plan', `Plan of operation ${request.operation}`, async note => {
    const manifests = request.deployment && (await planManifests(context, request.deployment, request.autoscaling));
    if (manifests !== undefined) {
      note(`The manifests are in ${await writeManifests(context, request.general.reportDirectory, manifests.files)}.`);
    }
    const steps = withLogin(
      request.target,
      phases.flatMap(phase => phase.commands({ context, manifests })),
    );
    if (steps.length === 0) note('No process would be started, and no request sent to a cluster.');
    for (const { line, why } of steps) note(showUnknown(`${line}  # ${why}`));
  });
}

/**
 * Patches need a process and the address of the runner a request, and a dry run makes none: these are the manifests
 * without patches, with a word in capitals for an address that is not configured.
 */
function planManifests(
  context: Context,
  deployment: Deployment,
  autoscaling: Autoscaling | undefined,
): Promise<Manifests> {
  const secretNames = firstSecretNames(deployment);
  const choices = { replicas: deployment.replicas, secretNames, ...(autoscaling && { autoscaling }) };
  const address = context.ports.run.publicAddress || showUnknown(unknownName('runner-address'));
  const sourceRanges = resolveRanges(deployment.exposure.sourceRanges, address);
  const planned = { ...deployment, patches: '', exposure: { ...deployment.exposure, sourceRanges } };
  return buildManifests(context, { deployment: planned, ...choices });
}

/**
 * The login of the action comes right before its first az command, and a token right before its first request to Azure;
 * the endpoint is found once in a job.
 */
function withLogin(target: Target | undefined, steps: readonly CommandStep[]): readonly CommandStep[] {
  if (target?.kind !== 'aks') return steps;
  const { login, subscriptionId } = target;
  const token = [getAccessToken(subscriptionId), showCloud()].map(commandStep);
  const withToken = insertBefore(steps, ({ isRequest }) => isRequest === true, token);
  if (login === undefined) return withToken;
  const loggingIn = commandStep(logIn(login.clientId, login.tenantId, ''));
  return insertBefore(withToken, ({ line }) => line.startsWith('az '), [loggingIn]);
}

function insertBefore(
  steps: readonly CommandStep[],
  isFirst: (step: CommandStep) => boolean,
  inserted: readonly CommandStep[],
): readonly CommandStep[] {
  const first = steps.findIndex(isFirst);
  return first < 0 ? steps : [...steps.slice(0, first), ...inserted, ...steps.slice(first)];
}
