import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../../src/chaos/experiment.js';
import type { ExperimentResult } from '../../../src/chaos/run-experiment.js';
import { ActionError } from '../../../src/errors/action-error.js';
import type { MomentName } from '../../../src/journal/experiment-record.js';
import type { HttpSession, HttpSessionEvents } from '../../../src/runtime/ports.js';
import { ExperimentBench, momentOf } from './experiment-bench.js';
import { nodes } from './revert/revert-bench.js';

let bench: ExperimentBench;

beforeEach(async () => {
  bench = await ExperimentBench.start();
});

afterEach(() => bench[Symbol.asyncDispose]());

const marked = ['write record', 'hold a', 'hold b', 'hold c', 'prepare', 'cordon a'];
const released = ['release a', 'release b', 'release c', 'remove record'];
const between = (result: ExperimentResult, from: MomentName, to: MomentName): number =>
  (momentOf(result, to) ?? NaN) - (momentOf(result, from) ?? NaN);

/** Lets no client connect, from a time of the clock until another. */
function refuseClients(fromMs: number, untilMs = Infinity): void {
  bench.network.answer = () => {
    const nowMs = bench.clock.now();
    return { status: nowMs >= fromMs && nowMs < untilMs ? 503 : 200 };
  };
}

describe('a fault', () => {
  it('is marked, injected, held, confirmed again, reverted and measured in this order', async () => {
    const result = await bench.run(bench.faultWith());
    expect(bench.steps).toEqual([...marked, 'inject', 'confirm', 'confirm', 'uncordon a', ...released]);
    expect(result.record.timeline?.moments).toEqual([
      { name: 'steady', atMs: 0 },
      { name: 'injected', atMs: 1_000 },
      { name: 'confirmed', atMs: 1_000 },
      // Nothing failed, so the service has recovered at once, however long the fault is held.
      { name: 'recovered', atMs: 1_000 },
      { name: 'reverted', atMs: 8_000 },
      { name: 'ended', atMs: 8_000 },
    ]);
    expect([result.record.verdict, result.error, result.over, bench.settled]).toEqual(['pass', undefined, false, true]);
  });

  it('is measured as an injection that takes its time, and is confirmed only after that', async () => {
    const result = await bench.run(bench.faultWith({ inject: () => bench.clock.sleep(4_300, bench.stop.signal) }));
    expect(between(result, 'injected', 'confirmed')).toBe(4_300);
  });

  it('is not injected while clients fail without it', async () => {
    refuseClients(0);
    const { record, error } = await bench.run(bench.faultWith());
    expect(bench.steps).toEqual([...marked, 'uncordon a', ...released]);
    expect([record.verdict, error]).toEqual(['aborted', undefined]);
    expect(record.reason).toMatch(/^Before the fault \d+ of \d+ connections failed, .*; nothing was injected\.$/);
  });

  it('is not injected if the runner cannot open the connections of clients, which is no failure of the cluster', async () => {
    const open = (_: string, events: HttpSessionEvents): HttpSession => ({
      request() {
        events.ended(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
      },
      ...{ isReached: () => false, close: () => undefined },
    });
    Object.assign(bench.network, { open });
    const { record, error } = await bench.run(bench.faultWith());
    expect(bench.steps).toEqual([...marked, 'uncordon a', ...released]);
    expect([record.verdict, error?.code]).toEqual(['inconclusive', 'runner-limit']);
    expect(record.reason).toBe('The runner can hold 0 of 24 connections: EMFILE. No fault was injected.');
  });

  it('is injected once clients have succeeded for the whole steady time', async () => {
    refuseClients(0, 2_500);
    const result = await bench.run(bench.faultWith());
    expect([result.record.verdict, between(result, 'steady', 'injected')]).toEqual(['pass', 3_500]);
  });
});

describe('the hold of a fault', () => {
  it.each([0, 10, 250, 60_000])('takes %d ms exactly', async holdMs => {
    Object.assign(bench.context, { holdMs });
    const result = await bench.run(bench.faultWith());
    expect(between(result, 'confirmed', 'reverted')).toBe(holdMs);
  });

  it('takes as long as the fault says, if it says so', async () => {
    const result = await bench.run(bench.faultWith({ hold: signal => bench.clock.sleep(3_210, signal) }));
    expect(between(result, 'confirmed', 'reverted')).toBe(3_210);
  });

  it('ends when no client has connected for twice the allowed outage and 2 s', async () => {
    Object.assign(bench.context, { holdMs: 60_000 });
    refuseClients(1_500, 15_000);
    const result = await bench.run(bench.faultWith());
    const { record } = result;
    expect([record.verdict, record.facts['holdCutShort']]).toEqual(['fail', true]);
    // The last success was at 1.4 s, the limit is 12 s, and the hold looks every 250 ms.
    expect(momentOf(result, 'reverted')).toBe(13_500);
    expect(bench.steps.filter(step => step === 'confirm')).toHaveLength(2);
  });

  it('does not end early when clients are meant to fail', async () => {
    Object.assign(bench.context, { holdMs: 60_000 });
    refuseClients(1_500, 61_000);
    const result = await bench.run(bench.faultWith(), { unavailable: true });
    expect(between(result, 'confirmed', 'reverted')).toBe(60_000);
    expect(result.record.facts['holdCutShort']).toBeUndefined();
  });
});

describe('the numbers of a fault', () => {
  it('are those of the service, whether or not the fault is held', async () => {
    Object.assign(bench.context, { holdMs: 60_000 });
    refuseClients(1_050, 2_600);
    const { record } = await bench.run(bench.faultWith());
    expect(record.measurement).toMatchObject({
      fault: { atMs: 1_100, by: 'failure', azureAcceptedMs: null },
      milestones: { recoveryMs: 1_500, recoveryFrom: 'fault' },
      probe: { outageMs: 1_500, degradedMs: 2_000, unavailableSeconds: 1.5, availability: null },
    });
    expect(record.putBack?.restorationMs).toBe(0);
  });

  it('count from the revert if the members come back only by it, and the hold does not count', async () => {
    Object.assign(bench.context, { holdMs: 20_000 });
    refuseClients(1_500, 22_000);
    const fault = bench.faultWith({ needsRevert: () => true });
    const result = await bench.run(fault, { unavailable: true });
    expect(momentOf(result, 'reverted')).toBe(21_000);
    expect(result.record.measurement?.milestones).toMatchObject({ recoveryMs: 1_000, recoveryFrom: 'revert' });
  });

  it('count from when the removal of a member was accepted', async () => {
    const inject: Fault['inject'] = async (_, { tookEffect }) => {
      await bench.clock.sleep(500, bench.stop.signal);
      const sentMs = bench.clock.now();
      await bench.clock.sleep(40, bench.stop.signal);
      tookEffect(sentMs);
      tookEffect(0);
    };
    const { record } = await bench.run(bench.faultWith({ inject }));
    expect(record.measurement?.fault).toEqual({
      ...{ atMs: 1_540, uncertaintyMs: 40, by: 'acceptance', azureAcceptedMs: null },
    });
  });

  it('are measured for 2 minutes after the fault if the availability is limited', async () => {
    Object.assign(bench.context.chaos.limits, { minAvailability: 95 });
    refuseClients(1_500, 7_500);
    const result = await bench.run(bench.faultWith());
    expect(between(result, 'injected', 'ended')).toBeGreaterThanOrEqual(120_500);
    expect(result.record.measurement?.probe.availability).toBe(95);
  });
});

describe('a fault that goes wrong', () => {
  it('is reverted when its preparation fails, without an injection', async () => {
    const error = new ActionError('rollout-timeout', 'No member could be added.');
    const result = await bench.run(bench.faultWith({ prepare: () => Promise.reject(error) }));
    expect(bench.steps).toEqual([...marked.slice(0, 4), ...released]);
    expect(result).toMatchObject({ error, over: false, record: { verdict: 'fail', reason: error.message } });
    expect([result.record.measurement, bench.settled]).toEqual([undefined, true]);
  });

  it('is reverted at once when the injection fails, and is measured to the end', async () => {
    const error = new ActionError('unsupported-here', 'A deny assignment forbids it.');
    const result = await bench.run(bench.faultWith({ inject: () => Promise.reject(error) }));
    expect(bench.steps).toEqual([...marked, 'uncordon a', ...released]);
    expect(between(result, 'injected', 'reverted')).toBe(0);
    expect(result).toMatchObject({ error, over: false, record: { verdict: 'fail', reason: error.message } });
    expect([momentOf(result, 'recovered'), result.record.putBack?.done]).toEqual([1_000, true]);
  });

  it('is reverted at once, and is inconclusive, when it is not proven', async () => {
    const proof = { confirmed: false, detail: 'Node a did not stay cordoned.' };
    const result = await bench.run(bench.faultWith({ confirm: () => Promise.resolve(proof) }));
    expect(between(result, 'injected', 'reverted')).toBe(0);
    expect([result.record.verdict, result.error, result.over]).toEqual(['inconclusive', undefined, false]);
    expect(result.record.reason).toContain('the fault is not proven: node a did not stay cordoned');
    expect(bench.steps.slice(-5)).toEqual(['uncordon a', ...released]);
  });

  it('is inconclusive when its proof does not last until the end of the hold', async () => {
    const proofs = [true, false].map(confirmed => ({
      confirmed,
      detail: `Node a ${confirmed ? 'is' : 'was'} cordoned.`,
    }));
    const confirm = () => Promise.resolve(proofs.shift() ?? { confirmed: true, detail: 'A third look.' });
    const result = await bench.run(bench.faultWith({ confirm }));
    expect([result.record.verdict, between(result, 'confirmed', 'reverted')]).toEqual(['inconclusive', 7_000]);
    expect(result.record.reason).toContain('node a was cordoned');
  });

  it('fails at the end of max-recovery when the affected member is not replaced', async () => {
    const fault = bench.faultWith({ affected: ['uid-0'], recoveryMode: () => 'replaced' });
    const result = await bench.run(fault);
    // The hold of 7 s does not count.
    expect([between(result, 'injected', 'ended'), momentOf(result, 'recovered')]).toEqual([67_000, undefined]);
    expect(result.record.verdict).toBe('fail');
    expect(result.record.reason).toMatch(/^Recovery: not recovered in that time, but at most 1m 00s; judged by /);
    expect(bench.notes.at(-1)).toContain('not replaced yet: migratorydata-0');
    // A timeout is a measured result, not an error.
    expect([result.error, result.over, bench.settled]).toEqual([undefined, false, true]);
  });

  it('fails at the end of max-recovery when its node is not in service again', async () => {
    const found = bench.cluster.get(`${nodes}/a`);
    const target = { name: 'a', uid: 'uid-a', providerId: '', zone: '', pool: '', machine: undefined, bootId: '' };
    const inject = (): Promise<void> => {
      bench.cluster.put(nodes, { ...found, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
      return Promise.resolve();
    };
    const result = await bench.run(bench.faultWith({ targets: [{ ...target, members: [] }], inject }));
    expect(between(result, 'injected', 'ended')).toBe(67_000);
    expect([result.record.verdict, bench.notes.at(-1)]).toEqual(['fail', 'Not all target nodes are back in service.']);
  });

  it('fails when clients still fail at the end of max-recovery', async () => {
    refuseClients(8_500);
    Object.assign(bench.context, { holdMs: 8_000 });
    const result = await bench.run(bench.faultWith());
    expect([momentOf(result, 'recovered'), result.record.verdict]).toEqual([undefined, 'fail']);
    // Members and nodes are fine, so the clients get their steady time beyond the limit.
    expect(between(result, 'injected', 'ended')).toBe(69_000);
  });
});

describe('a fault during which the step ends', () => {
  const end = (code: 'cancelled' | 'lock-lost', atMs: number): ActionError => {
    const error = new ActionError(code, 'The step has to end.');
    bench.clock.at(atMs, () => {
      bench.stop.abort(error);
    });
    return error;
  };

  it.each([
    ['in the steady time', 500, [...marked, 'uncordon a']],
    ['in the hold', 4_000, [...marked, 'inject', 'confirm', 'uncordon a']],
  ])('is reverted %s as far as is fast, and the record is left to the post phase', async (_, atMs, steps) => {
    const error = end('cancelled', atMs);
    const result = await bench.run(bench.faultWith());
    expect(bench.steps).toEqual(steps);
    expect(result).toMatchObject({ error, over: true, record: { verdict: 'aborted', reason: error.message } });
    expect(result.record.putBack).toEqual({
      ...{ done: false, did: [] },
      left: ['the step was cancelled: its post phase reverts the experiment'],
    });
    expect([bench.settled, bench.clock.now()]).toEqual([false, atMs]);
  });

  it('is left to the run that has taken the lock, which reverts by the same record', async () => {
    const error = end('lock-lost', 4_000);
    const result = await bench.run(bench.faultWith());
    expect(bench.steps).toEqual([...marked, 'inject', 'confirm']);
    expect(result).toMatchObject({ error, over: true, record: { verdict: 'aborted' } });
    expect(bench.settled).toBe(false);
  });
});

describe('a runner whose new connections fail while everything is well', () => {
  const failsFrom =
    (fromMs: number, untilMs: number): (() => Promise<void>) =>
    () => {
      const nowMs = bench.clock.now();
      return nowMs >= fromMs && nowMs < untilMs ? Promise.reject(new Error('no answer')) : Promise.resolve();
    };

  it('gets no verdict on the service, although a limit is broken', async () => {
    refuseClients(2_000, 9_000);
    Object.assign(bench.context, { connectElsewhere: failsFrom(2_000, 9_000) });
    const { record } = await bench.run(bench.faultWith());
    expect(record.assertions).toContainEqual(expect.objectContaining({ name: 'max-outage', result: 'fail' }));
    expect([record.verdict, record.reason]).toEqual([
      'inconclusive',
      'No conclusion is possible because new connections to the API server failed at the same time, so the runner may be the cause.',
    ]);
  });

  it.each([
    ['the control fails at another time', failsFrom(9_500, 20_000)],
    ['the control has never succeeded', failsFrom(0, Infinity)],
  ])('is not assumed when %s', async (_when, connectElsewhere) => {
    refuseClients(2_000, 9_000);
    const { control } = (await run(connectElsewhere)).measurement ?? {};
    expect(control?.failed).toBeGreaterThan(0);
  });

  async function run(connectElsewhere: () => Promise<void>): Promise<ExperimentResult['record']> {
    Object.assign(bench.context, { connectElsewhere });
    const { record } = await bench.run(bench.faultWith());
    expect([record.verdict, record.reason]).toEqual(['fail', expect.stringMatching(/^Outage: 7\.0s/)]);
    return record;
  }
});
