import type { ExperimentContext } from '../../../src/chaos/experiment-context.js';
import type { ExperimentDefinition, Fault } from '../../../src/chaos/experiment.js';
import type { ExperimentName } from '../../../src/chaos/experiments/index.js';
import { cordon } from '../../../src/chaos/revert/cordon.js';
import { nothingToRevert } from '../../../src/chaos/revert/original-state.js';
import { runExperiment, type ExperimentResult } from '../../../src/chaos/run-experiment.js';
import type { MomentName } from '../../../src/journal/experiment-record.js';
import { membersOf } from '../../../src/migratorydata/object-names.js';
import { ScriptedNetwork } from '../fakes.js';
import { JumpingClock } from '../jumping-clock.js';
import { FakeCluster } from '../kubernetes/fake-cluster.js';
import { podOf, pods } from '../kubernetes/samples.js';
import { changeOf, maxReplicas, putMembers, putNode, record, renewLease, seedMembers } from './revert/revert-bench.js';

/** Three members on nodes a, b and c, one on each, on a clock that jumps over the waits, and all that an experiment works with. */
export class ExperimentBench implements AsyncDisposable {
  readonly clock = new JumpingClock(() => this.cluster.received.length);
  readonly stop = new AbortController();
  readonly network = new ScriptedNetwork();
  readonly notes: string[] = [];
  /** The calls of the fault and the changes of the cluster, in order. */
  readonly steps: string[] = [];
  /** False as long as the undo log has an entry for the experiment. */
  settled = true;
  readonly context: ExperimentContext;
  readonly cluster: FakeCluster;

  private constructor(cluster: FakeCluster) {
    this.cluster = cluster;
    this.context = {
      api: cluster.api(this.stop.signal, this.clock),
      serviceName: 'cs',
      ...{
        members: membersOf({ namespace: 'ns', name: 'migratorydata' }),
        budgetName: 'migratorydata-pdb',
        maxReplicas,
        seedMembers,
      },
      isSeed: () => true,
      chaos: {
        ...{
          whenBlocked: 'surge',
          drainScope: 'members',
          targetNode: '',
          steadyMs: 1_000,
          holdMs: undefined,
          probeIntervalMs: 100,
          clients: 24,
          probeImage: '',
        },
        limits: { maxOutageMs: 5_000, maxDegradedMs: 5_000, maxRecoveryMs: 60_000, minAvailability: 0, maxLost: 0 },
        allowUnsupportedNodeOps: false,
      },
      ...{
        holdMs: 7_000,
        holder: record.holder,
        machines: undefined,
        cluster: undefined,
        ownsCluster: () => Promise.resolve(false),
      },
      limits: { remainingMs: () => 120_000, autoscaled: false, redact: text => text },
      settle: () => Promise.resolve(),
      note: text => void this.notes.push(text),
      clientEndpointFor: () => ({
        ...{ url: () => 'http://server', network: this.network, blindSpot: undefined, rest: undefined },
      }),
      connectElsewhere: () => Promise.resolve(),
      underNodesLock: body => body(this.context.api.signal),
      guard: () => {
        this.settled = false;
        return () => {
          this.settled = true;
        };
      },
    };
  }

  static async start(): Promise<ExperimentBench> {
    const cluster = await FakeCluster.start();
    const bench = new ExperimentBench(cluster);
    putMembers(cluster, 3);
    for (const [ordinal, node] of ['a', 'b', 'c'].entries()) {
      putNode(cluster, node);
      renewLease(cluster, node);
      cluster.put(pods, podOf(ordinal, { node }));
    }
    cluster.scripts.push(received => {
      const change = changeOf(received);
      if (change !== undefined) bench.steps.push(change);
      return false;
    });
    return bench;
  }

  /** A fault that cordons node a and changes nothing else, but for `changes`. */
  faultWith(changes: Partial<Fault> = {}): Fault {
    const called = (step: string): void => void this.steps.push(step);
    return {
      ...{ targets: [], affected: [], facts: () => ({}), recoveryMode: () => 'untouched' },
      originalState: { ...nothingToRevert, cordons: ['a'] },
      prepare: async () => {
        called('prepare');
        await cordon(this.context.api, 'a', this.context.holder);
      },
      inject: () => {
        called('inject');
        return Promise.resolve();
      },
      confirm: () => {
        called('confirm');
        return Promise.resolve({ confirmed: true, detail: 'Node a takes no pods.' });
      },
      ...changes,
    };
  }

  /** Runs an experiment with a fault. */
  run(fault: Fault, more: Partial<ExperimentDefinition<ExperimentName>> = {}): Promise<ExperimentResult> {
    const hold = { defaultMs: 0 };
    const rest = {
      name: 'drain',
      hold,
      needs: {},
      access: [],
      reverts: ['cordons', 'replicas'],
      commands: () => [],
    } as const;
    return runExperiment(this.context, { ...rest, preflight: () => fault, ...more });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort(new Error('The test has ended.'));
    this.clock.stop();
    await this.cluster[Symbol.asyncDispose]();
  }
}

/** The time of a moment of an experiment, in milliseconds from the start of its measurement. */
export function momentOf({ record: { timeline } }: ExperimentResult, name: MomentName): number | undefined {
  return timeline?.moments.find(moment => moment.name === name)?.atMs;
}
