import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { observeCluster } from '../../../src/chaos/experiment-context.js';
import { cutPower } from '../../../src/chaos/experiments/power.js';
import type { Machines } from '../../../src/chaos/machines-port.js';
import { toTargetNode } from '../../../src/chaos/target.js';
import { ActionError } from '../../../src/errors/action-error.js';
import type { Node } from '../../../src/kubernetes/api/types.js';
import { podOf, pods } from '../kubernetes/samples.js';
import { ExperimentBench, momentOf } from './experiment-bench.js';
import { machineOf, nodes } from './revert/revert-bench.js';

let bench: ExperimentBench;

beforeEach(async () => {
  bench = await ExperimentBench.start();
});

afterEach(() => bench[Symbol.asyncDispose]());

/** An operation of Azure on the cluster, between two times of the clock. */
function upgradeBetween(fromMs: number, untilMs: number): void {
  const describeOperation = (): Promise<string | undefined> => {
    const nowMs = bench.clock.now();
    return Promise.resolve(nowMs >= fromMs && nowMs < untilMs ? 'node pool users is Upgrading' : undefined);
  };
  const machines = {
    describeOperation,
    withSignal: () => machines,
    withFence: () => machines,
    withAcceptance: () => machines,
  } as Partial<Machines> as Machines;
  Object.assign(bench.context, { machines });
}

const busy = new ActionError('experiment-skipped', 'Azure is busy, and a fault does not wait.');

describe('an experiment while Azure changes the cluster', () => {
  it('begins when that has ended', async () => {
    upgradeBetween(0, 65_000);
    let beganMs = 0;
    const prepare = (): Promise<void> => {
      beganMs = bench.clock.now();
      return Promise.resolve();
    };
    const { record } = await bench.run(bench.faultWith({ prepare }));
    expect([record.verdict, beganMs]).toEqual(['pass', 70_000]);
    expect(bench.notes[0]).toMatch(/^Azure is busy: node pool users is Upgrading; .* Waiting up to 5 minutes\.$/);
  });

  it('is skipped after 5 minutes, and changes nothing', async () => {
    upgradeBetween(0, Infinity);
    const { record, error, over } = await bench.run(bench.faultWith());
    expect([record.verdict, error, over, bench.clock.now()]).toEqual(['skipped', undefined, false, 300_000]);
    expect(record.reason).toBe('Azure is busy: node pool users is Upgrading; no fault was injected.');
    expect(bench.steps).toEqual([]);
  });

  it('is skipped and reverted when that begins in the steady time', async () => {
    upgradeBetween(500, Infinity);
    const { record, error } = await bench.run(bench.faultWith());
    expect([record.verdict, error, record.measurement]).toEqual(['skipped', undefined, undefined]);
    expect(bench.steps).not.toContain('inject');
    expect([bench.steps.slice(-1), record.putBack?.done, bench.settled]).toEqual([['remove record'], true, true]);
  });

  it('is skipped and reverted at once when Azure refuses the fault', async () => {
    const { record, error, over } = await bench.run(bench.faultWith({ inject: () => Promise.reject(busy) }));
    expect([record.verdict, record.reason, error, over]).toEqual(['skipped', busy.message, undefined, false]);
    expect([record.assertions, record.measurement, record.putBack?.done]).toEqual([[], undefined, true]);
    expect(bench.steps).toContain('uncordon a');
  });
});

it('no fault is injected when a member has been lost since the preflight', async () => {
  bench.clock.at(900, () => bench.cluster.put(pods, podOf(2, { node: 'c', ready: false })));
  bench.clock.at(5_000, () => bench.cluster.put(pods, podOf(2, { node: 'c' })));
  const result = await bench.run(bench.faultWith());
  expect([result.record.verdict, result.error?.code]).toEqual(['aborted', 'not-steady']);
  expect([bench.steps.includes('inject'), momentOf(result, 'injected')]).toEqual([false, undefined]);
});

describe('the power of several machines', () => {
  /** Powers off the machines of nodes a and b, with these results. */
  async function powerOff(...results: readonly (ActionError | undefined)[]): Promise<unknown> {
    const left = [...results];
    const machines = {
      powerOff: async () => {
        const error = left.shift();
        // The refusal of one comes before the other has ended.
        if (error) throw error;
        await bench.clock.sleep(1_000, bench.stop.signal);
      },
    } as Partial<Machines> as Machines;
    const state = await observeCluster(bench.context);
    const targets = ['a', 'b'].map(name => ({
      ...toTargetNode(bench.cluster.get(`${nodes}/${name}`) as unknown as Node, state.members, () => true),
      machine: machineOf(name),
    }));
    const fault = cutPower({ ...bench.context, machines }, state, targets);
    const limits = {
      ...bench.context.limits,
      signal: bench.stop.signal,
      beforeStep: () => Promise.resolve(),
      tookEffect: () => undefined,
    };
    return fault.inject({ api: bench.context.api, machines }, limits).catch((error: unknown) => error);
  }

  it('is a skipped fault only if Azure was too busy for all of them', async () => {
    expect(await powerOff(busy, busy)).toMatchObject({ code: 'experiment-skipped' });
    expect(await powerOff(busy, undefined)).toMatchObject({ code: 'azure-busy' });
    expect(bench.clock.now()).toBe(1_000);
    const denied = new ActionError('unsupported-here', 'A deny assignment forbids it.');
    expect(await powerOff(busy, denied)).toBe(denied);
    expect(await powerOff(undefined, undefined)).toBeUndefined();
  });
});
