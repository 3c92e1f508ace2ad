import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rolling } from '../../../src/chaos/experiments/rolling.js';
import { runExperiment } from '../../../src/chaos/run-experiment.js';
import type { KubernetesApi } from '../../../src/kubernetes/api/api.js';
import { evict } from '../../../src/kubernetes/drain.js';
import { waitForMembers } from '../../../src/kubernetes/rollout/rollout.js';
import { refuse, reply } from '../kubernetes/fake-cluster.js';
import { podOf, pods, statefulSets } from '../kubernetes/samples.js';
import { ExperimentBench, momentOf } from './experiment-bench.js';
import { isCordoned } from './revert/revert-bench.js';

let bench: ExperimentBench;

beforeEach(async () => {
  bench = await ExperimentBench.start();
});

afterEach(() => bench[Symbol.asyncDispose]());

/** Lets no client connect, from a time of the clock until another. The guard stops an injection 12 s later. */
function refuseClients(fromMs: number, untilMs: number): void {
  bench.network.answer = () => {
    const nowMs = bench.clock.now();
    return { status: nowMs >= fromMs && nowMs < untilMs ? 503 : 200 };
  };
}

const budgets = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets';

const fails = /^The injection was stopped: no connection has succeeded for 12s; outage: .* but at most 5\.0s/;

describe('an injection of several steps, during which no client can connect', () => {
  it('takes no further step, is reverted, and fails by the outage', async () => {
    refuseClients(1_500, 20_000);
    const step = (name: string): void => void bench.steps.push(name);
    const { record, error, over } = await bench.run(
      bench.faultWith({
        async inject(_, { beforeStep }) {
          await beforeStep();
          step('first');
          await bench.clock.sleep(14_000, bench.stop.signal);
          await beforeStep();
          step('second');
        },
      }),
    );
    expect(bench.steps.slice(bench.steps.indexOf('first'))).toEqual(['first', 'uncordon a', ...released]);
    expect([record.verdict, record.facts['injectionCutShort'], error, over]).toEqual(['fail', true, undefined, false]);
    expect(record.reason).toMatch(fails);
    expect(record.assertions[0]).toMatchObject({ name: 'fault-confirmed', result: 'not-measured' });
  });

  it('does not wait any longer for members of a step', async () => {
    refuseClients(1_500, 20_000);
    const { members, api } = bench.context;
    const fault = bench.faultWith({
      async inject(_, limits) {
        await waitForMembers(api, { members, gone: ['uid-0'] }, limits);
      },
    });
    const result = await bench.run(fault);
    // The last success was at 1.4 s, the limit is 12 s, and the guard looks every 250 ms.
    expect([result.record.verdict, momentOf(result, 'reverted')]).toEqual(['fail', 13_500]);
  });

  it('does not wait any longer for a disruption budget', async () => {
    refuseClients(1_500, 20_000);
    const blocked = bench.faultWith({
      inject: ({ api }) => evict(api, podOf(0), 'ns', 150_000),
    });
    bench.cluster.scripts.unshift(({ path }, response) => {
      if (!path.endsWith('/eviction')) return false;
      const causes = [{ reason: 'DisruptionBudget', message: 'The disruption budget pdb needs 3 healthy pods' }];
      refuse(response, 429, 'TooManyRequests', { details: { causes } });
      return true;
    });
    bench.cluster.put(budgets, { metadata: { name: 'pdb' }, status: { disruptionsAllowed: 0 } });
    const result = await bench.run(blocked);
    expect([result.record.verdict, momentOf(result, 'reverted')]).toEqual(['fail', 13_500]);
    expect(result.record.reason).toMatch(fails);
  });

  it('goes on if clients are meant to fail', async () => {
    refuseClients(1_500, 20_000);
    const fault = bench.faultWith({
      async inject(_, { beforeStep }) {
        await bench.clock.sleep(14_000, bench.stop.signal);
        await beforeStep();
      },
    });
    const { record } = await bench.run(fault, { unavailable: true });
    expect(record.facts['injectionCutShort']).toBeUndefined();
  });

  it('rolling touches no further node', async () => {
    const settle = ({ clock, signal }: KubernetesApi): Promise<void> => clock.sleep(600_000, signal);
    Object.assign(bench.context, { settle });
    evictAtOnce();
    refuseClients(1_500, 20_000);
    const { record } = await runExperiment(bench.context, rolling);
    expect(record.reason).toMatch(fails);
    const changed = bench.steps.filter(text => /^(cordon|evict|uncordon)/.test(text));
    // The last one is of the revert, which separates the seed members that share node c.
    expect(changed).toEqual(['cordon a', 'evict migratorydata-0', 'uncordon a', 'evict migratorydata-2']);
    expect(record.putBack?.done).toBe(true);
  });
});

describe('an injection of several steps, when a seed member is lost in between', () => {
  const lose = (ordinal: number): void => void bench.cluster.put(pods, podOf(ordinal, { node: 'c', ready: false }));

  it('aborts before it removes another one that the quorum needs', async () => {
    const removed: string[] = [];
    const fault = bench.faultWith({
      async inject(_, { beforeStep }) {
        for (const member of ['migratorydata-0', 'migratorydata-1']) {
          await beforeStep(member);
          removed.push(member);
          lose(2);
        }
      },
    });
    bench.clock.at(20_000, () => bench.cluster.put(pods, podOf(2, { node: 'c' })));
    const { record, error } = await bench.run(fault);
    expect([removed, record.verdict, error]).toEqual([['migratorydata-0'], 'aborted', undefined]);
    expect(record.reason).toBe(
      'The injection was stopped: without migratorydata-1, fewer than 2 of 3 seed members would be Ready: only migratorydata-0, migratorydata-1 were before.',
    );
  });

  it('may remove the one that is lost already, and a member that is no seed', async () => {
    Object.assign(bench.context, { isSeed: (name: string) => name < 'migratorydata-3' });
    const fault = bench.faultWith({
      async inject(_, { beforeStep }) {
        lose(2);
        for (const member of ['migratorydata-2', 'migratorydata-3']) await beforeStep(member);
        bench.cluster.put(pods, podOf(2, { node: 'c' }));
      },
    });
    expect((await bench.run(fault)).record.verdict).toBe('pass');
  });

  it('rolling asks before each eviction', async () => {
    evictAtOnce();
    const settle = (): Promise<void> => {
      lose(2);
      return Promise.resolve();
    };
    Object.assign(bench.context, { settle });
    bench.clock.at(20_000, () => bench.cluster.put(pods, podOf(2, { node: 'c' })));
    const { record } = await runExperiment(bench.context, rolling);
    expect(record.verdict).toBe('aborted');
    expect(record.reason).toMatch(/^The injection was stopped: without migratorydata-1, fewer than 2 of 3/);
    // The last one is of the revert, which separates the seed members that share node c.
    const evicted = bench.steps.filter(text => text.startsWith('evict'));
    expect(evicted).toEqual(['evict migratorydata-0', 'evict migratorydata-2']);
  });
});

const released = ['release a', 'release b', 'release c', 'remove record'];

/** Replaces each evicted member at once, on a free node or else on node c; all members are available. */
function evictAtOnce(): void {
  const set = bench.cluster.get(`${statefulSets}/migratorydata`);
  bench.cluster.put(statefulSets, { ...set, status: { observedGeneration: 1, availableReplicas: 3 } });
  bench.cluster.scripts.unshift(({ method, path, body }, response) => {
    const [, ordinal] = /\/pods\/migratorydata-(\d)\/eviction$/.exec(path) ?? [];
    if (method !== 'POST' || ordinal === undefined || body.includes('dryRun')) return false;
    bench.steps.push(`evict migratorydata-${ordinal}`);
    const used = JSON.stringify(bench.cluster.list(pods).map(({ spec }) => spec));
    const isFree = (name: string): boolean => !used.includes(`"${name}"`) && !isCordoned(bench.cluster, name);
    const node = ['a', 'b', 'c'].find(isFree) ?? 'c';
    bench.cluster.put(pods, podOf(Number(ordinal), { uid: `new-${bench.steps.length}`, node }));
    reply(response, 201, {});
    return true;
  });
}
