import { drain } from '../chaos/drain.js';
import type { Guard, Scene } from '../chaos/scene.js';
import { ActionError, toActionError } from '../errors/action-error.js';
import type { Chaos, Deployment, Experiment, Target, Verification } from '../inputs/request.js';
import { isSeed } from '../migratorydata/members.js';
import { membersOf, names } from '../migratorydata/names.js';
import type { Note } from '../report/journal.js';
import type { ExperimentRecord } from '../report/model.js';
import type { Context } from './context.js';
import { asDeployed } from './deployed.js';
import { limitsOf } from './members.js';
import type { OpenCluster } from './open-cluster.js';

export interface ChaosOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly chaos: Chaos;
}

type Verdict = ExperimentRecord['verdict'];

const experiments: Readonly<Record<Experiment, (scene: Scene) => Promise<ExperimentRecord>>> = { drain };
/** The worst verdict of several is that of all. */
const severity: readonly Verdict[] = ['skipped', 'pass', 'inconclusive', 'aborted', 'fail'];

/**
 * Runs the experiments in order; each puts the cluster back before the next.
 * @throws ActionError what failed an experiment, or `verdict-failed` with the reasons when a verdict is not a pass.
 */
export async function runChaos(context: Context, cluster: OpenCluster, options: ChaosOptions): Promise<void> {
  const { journal, ports } = context;
  const deployed = { ...options, deployment: await asDeployed(cluster.api, options.deployment) };
  const records: ExperimentRecord[] = [];
  for (const name of options.chaos.experiments) {
    await journal.phase(`chaos-${name}`, `Experiment: ${name}`, async note => {
      const record = await runExperiment(context, cluster, deployed, name, note);
      records.push(record);
      note(`${record.verdict}: ${record.reason}`);
    });
  }
  const verdict = worstOf(records);
  ports.outputs.set('verdict', verdict);
  const bad = records.filter(record => record.verdict !== 'pass' && record.verdict !== 'skipped');
  if (bad.length === 0) return;
  const reasons = bad.map(({ name, reason }) => `${name}: ${reason}`).join(' ');
  throw new ActionError('verdict-failed', `The verdict is ${verdict}. ${reasons}`);
}

async function runExperiment(
  context: Context,
  cluster: OpenCluster,
  options: ChaosOptions,
  name: Experiment,
  note: Note,
): Promise<ExperimentRecord> {
  const { journal, ports } = context;
  try {
    const record = await experiments[name](sceneOf(context, cluster, options, note));
    journal.experiment(record);
    const recoveryMs = record.facts['recoveryMs'];
    if (recoveryMs !== undefined) ports.outputs.set('recovery-ms', recoveryMs);
    return record;
  } catch (error) {
    const { message } = toActionError(error);
    journal.experiment({ name, verdict: context.signal.aborted ? 'aborted' : 'fail', reason: message, facts: {} });
    ports.outputs.set('verdict', context.signal.aborted ? 'aborted' : 'fail');
    throw error;
  }
}

/** The worst verdict; without any experiment there is none to give. */
export function worstOf(records: readonly Pick<ExperimentRecord, 'verdict'>[]): Verdict {
  const worst = Math.max(0, ...records.map(({ verdict }) => severity.indexOf(verdict)));
  return severity[worst] ?? 'skipped';
}

function sceneOf(context: Context, cluster: OpenCluster, options: ChaosOptions, note: Note): Scene {
  const { target, deployment, verification, chaos } = options;
  return {
    api: cluster.api,
    access: cluster.connection,
    runner: context.ports.runner,
    members: membersOf(deployment),
    budgetName: names.disruptionBudget,
    maxReplicas: deployment.maxReplicas,
    isSeed: podName => isSeed(podName, deployment),
    chaos,
    limits: limitsOf(context, target, verification.timeoutMs, note),
    guard: guardOf(context, cluster, deployment.namespace),
    note,
  };
}

/** Writes what undoes each change into the ledger, from which post would undo it. */
function guardOf({ ledger }: Context, { connection }: OpenCluster, namespace: string): Guard {
  return {
    uncordon: node => ledger.record({ kind: 'uncordon', connection, node }),
    replicas: replicas => ledger.record({ kind: 'replicas', connection, namespace, replicas }),
    autoscalerBounds: ({ name, minReplicas, maxReplicas }) =>
      ledger.record({ kind: 'autoscaler-bounds', connection, namespace, name, minReplicas, maxReplicas }),
  };
}
