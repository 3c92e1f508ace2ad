import { randomUUID } from 'node:crypto';
import type { Az } from '../azure/az.js';
import { openMachines } from '../azure/machines.js';
import type { ExperimentContext } from '../chaos/experiment-context.js';
import type { Experiment } from '../chaos/experiment.js';
import { baseline } from '../chaos/experiments/baseline.js';
import { drain } from '../chaos/experiments/drain.js';
import { kubeletStop } from '../chaos/experiments/kubelet-stop.js';
import { nodeDelete } from '../chaos/experiments/node-delete.js';
import { podKill } from '../chaos/experiments/pod-kill.js';
import { powerOff } from '../chaos/experiments/power-off.js';
import { quorumLoss } from '../chaos/experiments/quorum-loss.js';
import { reboot } from '../chaos/experiments/reboot.js';
import { rolling } from '../chaos/experiments/rolling.js';
import { zone } from '../chaos/experiments/zone.js';
import { runExperiment } from '../chaos/run-experiment.js';
import type { Chaos, ExperimentName } from '../chaos/spec.js';
import { worstOf } from '../chaos/verdict.js';
import { ActionError, toActionError } from '../errors/action-error.js';
import type { Target, Verification } from '../inputs/request.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import type { Note } from '../journal/journal.js';
import { isSeed } from '../migratorydata/membership.js';
import { membersOf, names } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import { accessOf } from '../step-context/azure-session.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { findToken } from '../step-context/delivery.js';
import { type Endpoint, findEndpoint, clientEndpointFor } from '../step-context/endpoint.js';
import { withLiveMembership, withLiveExposure } from '../step-context/live-deployment.js';
import { holderOf } from '../step-context/lock.js';
import { pauseBetweenMembers } from '../step-context/member-pause.js';
import { rolloutLimits } from '../step-context/members.js';
import { setChaosOutputs } from './chaos-outputs.js';

export interface ChaosOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly chaos: Chaos;
}

const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  baseline,
  drain,
  'pod-kill': podKill,
  'power-off': powerOff,
  reboot,
  'node-delete': nodeDelete,
  'kubelet-stop': kubeletStop,
  rolling,
  zone,
  'quorum-loss': quorumLoss,
};

/**
 * Runs the experiments in order, each with a verdict of its own; each puts the cluster back before the next. The caller
 * holds the lock.
 * @throws ActionError what ended the list, the error of the only experiment that had one, or `verdict-failed` with the
 * reasons of all verdicts that are no pass.
 */
export async function runChaos(
  context: Context,
  az: Az | undefined,
  cluster: ConnectedCluster,
  options: ChaosOptions,
): Promise<void> {
  const live = await withLiveMembership(cluster.api, options.deployment);
  const deployed = { ...options, deployment: await withLiveExposure(cluster.api, live) };
  const records: ExperimentRecord[] = [];
  const errors: ActionError[] = [];
  for (const name of options.chaos.experiments) {
    // What is thrown before there is a result is no matter of one experiment.
    const list = { isOver: true };
    try {
      await context.journal.phase(`chaos-${name}`, `Experiment: ${name}`, async note => {
        const experimentContext = await experimentContextOf(context, az, cluster, deployed, note);
        const { record, error, over } = await runExperiment(experimentContext, experiments[name]);
        list.isOver = over;
        records.push(record);
        context.journal.experiment(record);
        setChaosOutputs(context, records);
        note(`${record.verdict}: ${record.reason}`);
        if (error) throw error;
      });
    } catch (error) {
      if (list.isOver) throw error;
      errors.push(toActionError(error));
    }
  }
  conclude(context, records, errors);
}

/** @throws ActionError the only error, where nothing else went wrong; else one with the reasons of all verdicts. */
function conclude({ journal }: Context, records: readonly ExperimentRecord[], errors: readonly ActionError[]): void {
  const bad = records.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skipped');
  const [first] = errors;
  if (first && bad.length === 1) throw first;
  // The latest first: a failure is ascribed to the last phase that none explains yet.
  for (const error of errors.toReversed()) journal.fail(error);
  if (bad.length === 0) return;
  const reasons = bad.map(({ name, reason }) => `${name}: ${reason}`).join(' ');
  const verdict = worstOf(records.map(record => record.verdict));
  throw new ActionError('verdict-failed', `The verdict is ${verdict}. ${reasons}`);
}

async function experimentContextOf(
  context: Context,
  az: Az | undefined,
  { api, connection }: ConnectedCluster,
  options: ChaosOptions,
  note: Note,
): Promise<ExperimentContext> {
  const { target, deployment, verification, chaos } = options;
  const { namespace, seedMembers, maxReplicas } = deployment;
  const endpoint = await findEndpoint(context, api, options, verification.timeoutMs, note);
  const rest = await restOf(context, { api, connection }, deployment, endpoint);
  const azure = target.kind === 'aks' && az !== undefined ? { az, target } : undefined;
  const place = azure && { resourceGroup: azure.target.resourceGroup, clusterName: azure.target.clusterName };
  const recorded = azure && place && { ...accessOf(azure.target), ...place };
  return {
    api,
    access: connection,
    runner: context.ports.runner,
    members: membersOf(deployment),
    budgetName: names.disruptionBudget,
    serviceName: names.clientService,
    maxReplicas,
    seedMembers,
    isSeed: podName => isSeed(podName, deployment),
    chaos,
    limits: rolloutLimits(context, target, verification.timeoutMs, note),
    machines: azure && openMachines(azure.az, azure.target),
    cluster: azure && place && { subscriptionId: azure.target.subscriptionId, ...place },
    holder: holderOf(context),
    settle: () => pauseBetweenMembers(context, api, options, note),
    clientEndpointFor: (found, targets) => clientEndpointFor(endpoint, deployment.exposure, rest, found.nodes, targets),
    guard: () =>
      context.undoLog.record({
        kind: 'experiment',
        connection,
        namespace,
        holder: holderOf(context),
        ...(recorded && { azure: recorded }),
      }),
    note,
  };
}

/** A subject of its own for each experiment: nothing that was sent before can be taken for its messages. */
async function restOf(
  context: Context,
  { api }: ConnectedCluster,
  deployment: Deployment,
  { blindSpot }: Endpoint,
): Promise<{ readonly subject: string; readonly token: string } | undefined> {
  if (!deployment.rest || blindSpot !== undefined) return undefined;
  const subject = `/migratorydata-aks/${context.ports.run.runId}/${randomUUID()}`;
  return { subject, token: await findToken(context, api, deployment) };
}
