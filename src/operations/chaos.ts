import { readCluster } from '../azure/cluster/cluster-requests.js';
import { parseCluster } from '../azure/cluster/cluster.js';
import { openMachines } from '../azure/machines/machines.js';
import { isOfRepository } from '../azure/ownership/ownership.js';
import { busyLimitMs } from '../chaos/before-fault.js';
import type { ExperimentContext } from '../chaos/experiment-context.js';
import { type ExperimentName, experimentNames, experiments, holdMsOf } from '../chaos/experiments/index.js';
import { rampMsOf } from '../chaos/measurement/clients.js';
import { probePodCommands, probePodMs } from '../chaos/measurement/probe-pod.js';
import { numberRun, plannedRuns, summarizeRepetitions } from '../chaos/repetitions.js';
import { recordStoreCommands } from '../chaos/revert/revert-record-store.js';
import { runExperiment } from '../chaos/run-experiment.js';
import type { Chaos } from '../chaos/spec.js';
import { type ActionError, toActionError } from '../errors/action-error.js';
import type { General, StepRequest, Target, Verification } from '../inputs/request.js';
import { availabilityWindowMs } from '../journal/experiment-numbers.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { messageSettingsOf } from '../migratorydata/live-options.js';
import { renderDisruptionBudget } from '../migratorydata/manifests/disruption-budget.js';
import { allowedDisruptions } from '../migratorydata/member-bounds.js';
import { isSeed } from '../migratorydata/membership.js';
import { deploymentNames, membersOf } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import { certificateError } from '../migratorydata/tls-errors.js';
import { unknownName } from '../runtime/command-line.js';
import { connectionsToApiServer } from '../step-context/api-server-connection.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import { type Context, holderOf } from '../step-context/context.js';
import { findToken } from '../step-context/delivery.js';
import { type Endpoint, findEndpoint, clientEndpointFor } from '../step-context/endpoint.js';
import { readLiveDeployment } from '../step-context/live-deployment.js';
import { underNodesLock } from '../step-context/lock.js';
import { pauseBetweenMembers } from '../step-context/member-pause.js';
import { rolloutLimits } from '../step-context/members.js';
import { accessOf, type AksProvider } from '../step-context/provider.js';
import { setChaosOutputs } from './chaos-outputs.js';
import { chaosPermissions } from './chaos-permissions.js';
import { checkLicense, checkRest } from './chaos-requirements.js';
import { concludeChaos } from './conclude-chaos.js';
import { machineCommands } from './machine-dry-run.js';
import { saveHistory } from './message-history-file.js';
import { defineOperation, onDeployment, type Phase } from './operation.js';
import { workPhase } from './shared-phases.js';

/** The time limit of the request that shows the certificate, in milliseconds. */
const certificateMs = 5_000;

export interface ChaosOptions {
  readonly general: General;
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly chaos: Chaos;
}

/**
 * Runs the experiments in order, each as often as `repeat` says. Each run has its own verdict and reverts its changes
 * before the next one starts. The caller holds the lock.
 * @throws ActionError the error that stopped the list, the error of the only failed experiment, or `verdict-failed`
 * with the reasons of all verdicts that are not `pass`, or of all experiments if each was skipped.
 */
export async function runChaos(context: Context, cluster: ConnectedCluster, options: ChaosOptions): Promise<void> {
  const { statefulSet, deployment } = await readLiveDeployment(cluster.api, options.deployment);
  checkRest(deployment, options.chaos);
  checkLicense(statefulSet, deployment, options.chaos);
  const deployed = { ...options, deployment };
  const records: ExperimentRecord[] = [];
  const errors: ActionError[] = [];
  const runs = plannedRuns(options.chaos);
  for (const name of runs) {
    // An error before the first result does not belong to one experiment, so it stops the list.
    const list = { stop: true };
    try {
      await context.journal.phase(`chaos-${name}`, `Experiment: ${name}`, async note => {
        const experimentContext = await experimentContextOf(context, cluster, deployed, name, note);
        const { record: made, history, error, over } = await runExperiment(experimentContext, experiments[name]);
        const record = numberRun(made, runs, records);
        list.stop = over;
        records.push(record);
        if (history) await saveHistory(context, options.general, `${records.length}-${name}`, history, note);
        context.journal.experiment(record);
        context.journal.repetitions(summarizeRepetitions(records, options.chaos));
        setChaosOutputs(context, records);
        note(`${record.verdict}: ${record.reason}`);
        if (error) throw error;
      });
    } catch (error) {
      if (list.stop) throw error;
      errors.push(toActionError(error));
    }
  }
  concludeChaos(context.journal, options.chaos, records, errors);
}

async function experimentContextOf(
  context: Context,
  cluster: ConnectedCluster,
  options: ChaosOptions,
  experiment: ExperimentName,
  note: Note,
): Promise<ExperimentContext> {
  const { api, connection, provider } = cluster;
  const { target, deployment, verification, chaos } = options;
  const { namespace, seedMembers, maxReplicas } = deployment;
  const names = deploymentNames(deployment.name);
  const endpoint = await findEndpoint(context, api, options, verification.timeoutMs, note);
  await checkCertificate(endpoint, api.signal);
  const rest = await restOf(context, api, deployment, endpoint);
  const azure = provider.kind === 'aks' ? azureOf(context, provider) : undefined;
  return {
    api,
    members: membersOf(deployment),
    budgetName: names.disruptionBudget,
    serviceName: names.clientService,
    maxReplicas,
    seedMembers,
    isSeed: podName => isSeed(podName, deployment),
    chaos,
    holdMs: holdMsOf(experiment, chaos.holdMs),
    limits: rolloutLimits(context, target, verification.timeoutMs, note),
    machines: azure?.machines,
    cluster: azure?.cluster,
    ownsCluster: azure?.ownsCluster ?? (() => Promise.resolve(false)),
    holder: holderOf(context),
    settle: bound => pauseBetweenMembers(context, bound, options, note),
    clientEndpointFor(found, targets) {
      const messages = rest && { ...rest, ...messageSettingsOf(found.statefulSet) };
      return clientEndpointFor(endpoint, messages, found.nodes, targets);
    },
    connectElsewhere: await connectionsToApiServer(context, connection),
    guard: () =>
      context.undoLog.record({
        kind: 'experiment',
        connection,
        namespace,
        holder: holderOf(context),
        ...(azure && { azure: azure.access }),
      }),
    underNodesLock: body => underNodesLock(context, cluster, { patienceMs: busyLimitMs, note }, body),
    note,
  };
}

function azureOf({ signal, ports }: Context, { azure, target }: AksProvider) {
  const { subscriptionId, resourceGroup, clusterName } = target;
  const bound = azure.withSignal(signal);
  let owned: Promise<boolean> | undefined;
  const readOwnership = async (): Promise<boolean> => {
    const { tags } = await bound.read(readCluster(target), parseCluster);
    return isOfRepository(tags, ports.run.repository);
  };
  return {
    ownsCluster: () => (owned ??= readOwnership()),
    // A lost lock ends their requests too, which are repeated while a machine is busy.
    machines: openMachines(bound, target),
    cluster: { subscriptionId, resourceGroup, clusterName },
    access: { ...accessOf(target), resourceGroup, clusterName },
  };
}

/** With a certificate that is refused every attempt would fail, so it is the error. The measurement counts all else. */
async function checkCertificate({ network, url, blindSpot }: Endpoint, signal: AbortSignal): Promise<void> {
  if (blindSpot !== undefined || !url.startsWith('https:')) return;
  try {
    await network.http({ method: 'GET', url, timeoutMs: certificateMs }, signal);
  } catch (error) {
    const refused = certificateError(url, error);
    if (refused !== undefined) throw refused;
  }
}

/** Each experiment has its own subject, so that messages of earlier ones are never counted as its messages. */
async function restOf(
  context: Context,
  api: KubernetesApi,
  deployment: Deployment,
  { blindSpot }: Endpoint,
): Promise<{ readonly subject: string; readonly token: string } | undefined> {
  if (!deployment.rest || blindSpot !== undefined) return undefined;
  const subject = `/migratorydata-aks/${context.ports.run.runId}/${crypto.randomUUID()}`;
  return { subject, token: await findToken(context, api, deployment) };
}

export function chaosPhase({ target, deployment, chaos }: Omit<ChaosOptions, 'verification' | 'general'>): Phase {
  const { steadyMs, limits } = chaos;
  const runs = plannedRuns(chaos);
  const limitMs = runs
    .map(name => {
      const windowMs = limits.minAvailability > 0 ? availabilityWindowMs : 0;
      return (
        rampMsOf(chaos.clients) +
        (chaos.probeImage === '' ? 0 : probePodMs) +
        steadyMs +
        Math.max(holdMsOf(name, chaos.holdMs) + limits.maxRecoveryMs + steadyMs, windowMs)
      );
    })
    // An operation of Azure delays the list once.
    .reduce((sum, ms) => sum + ms, target.kind === 'aks' ? busyLimitMs : 0);
  return {
    name: 'chaos',
    limitMs,
    commands() {
      const { namespace, replicas, maxReplicas, seedMembers } = deployment;
      const common = {
        ...{ members: membersOf(deployment), replicas, maxReplicas, seedMembers, settings: chaos },
        node: chaos.targetNode || unknownName('node'),
        allowedDisruptions: allowedDisruptions(renderDisruptionBudget(deployment), replicas),
        machines: machineCommands(target.kind === 'aks' ? target : undefined),
      };
      const [written, removed] = recordStoreCommands(namespace);
      const inside = chaos.probeImage === '' ? [] : probePodCommands(namespace);
      return runs.flatMap(name => [
        ...common.machines.describeOperation(),
        written,
        ...inside.slice(0, 1),
        ...experiments[name].commands({ ...common, holdMs: holdMsOf(name, chaos.holdMs) }),
        ...inside.slice(1),
        removed,
      ]);
    },
  };
}

export interface ChaosRequest extends StepRequest<'chaos'>, ChaosOptions {}

export const chaosOperation = defineOperation<ChaosRequest>({
  name: 'chaos',
  permissions: chaosPermissions(experimentNames),
  readRequest: ({ general, target, deployment, verification, chaos }) => ({
    operation: 'chaos',
    general,
    target,
    deployment,
    verification,
    chaos,
  }),
  phases: request => [workPhase(request.target), chaosPhase(request)],
  run: (context, request) => onDeployment(context, request, (locked, cluster) => runChaos(locked, cluster, request)),
});
