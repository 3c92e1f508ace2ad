import { describe, expect, it } from '@jest/globals';
import { type VerdictInput, judge, worstOf } from '../../../src/chaos/verdict.js';
import type { MeasurementRecord } from '../../../src/journal/experiment-record.js';
import { someMeasurement } from '../report/experiment-sample.js';

const limits = { maxOutageMs: 5_000, maxDegradedMs: 60_000, maxRecoveryMs: 60_000, minAvailability: 90, maxLost: 0 };
const evidence = (changes: Partial<VerdictInput> = {}): VerdictInput => ({
  ...{ name: 'drain', limits, unavailable: false, proof: { confirmed: true, detail: 'It was seen.' } },
  ...{ measurement: someMeasurement(), recovered: true, acceptedUnderFault: 10 },
  ...changes,
});
const without = (name: keyof MeasurementRecord): MeasurementRecord =>
  Object.fromEntries(Object.entries(someMeasurement()).filter(([key]) => key !== name)) as unknown as MeasurementRecord;
const messages = { ...someMeasurement().messages } as NonNullable<MeasurementRecord['messages']>;

describe('judge', () => {
  it('passes when all limits are met, with the numbers', () => {
    const { verdict, reason } = judge(evidence());
    expect([verdict, reason]).toEqual([
      'pass',
      'Outage 2.0s for connections, resolution 210ms (at most 5.0s); degraded 3.0s for connections, 2 s unavailable in total, resolution 210ms (at most 1m 00s); availability 98.333 % of connections in the worst 2 minutes (at least 90 %); recovery 12s from the fault (at most 1m 00s); lost 0 of 112 accepted messages, 1 twice (at most 0); judged by connections, messages produced, messages read.',
    ]);
  });

  it('says beside the outage how many connections were slow, as when packets are dropped', () => {
    const { probe } = someMeasurement();
    const { assertions } = judge(evidence({ measurement: someMeasurement({ probe: { ...probe, slow: 5 } }) }));
    expect(assertions.find(({ name }) => name === 'max-outage')?.measured).toBe(
      '2.0s for connections (5 connections took 1 s or more), resolution 210ms',
    );
  });

  it('fails by a limit, else is aborted, when the injection was stopped in the middle', () => {
    const stopped = { proof: { confirmed: false, detail: 'A seed member was lost.' }, stopped: true };
    const reason = 'The injection was stopped: a seed member was lost';
    expect(judge(evidence(stopped))).toMatchObject({ verdict: 'aborted', reason: `${reason}.` });
    const failed = judge(evidence({ ...stopped, limits: { ...limits, maxOutageMs: 1_999 } }));
    expect([failed.verdict, failed.reason.startsWith(`${reason}; outage: 2.0s`)]).toEqual(['fail', true]);
    const measurement = someMeasurement({ doubts: ['the probe never succeeded'] });
    expect(judge(evidence({ ...stopped, measurement })).verdict).toBe('inconclusive');
  });

  it.each([
    ['max-outage', { limits: { ...limits, maxOutageMs: 1_999 } }, 'Outage: 2.0s'],
    ['max-degraded', { limits: { ...limits, maxDegradedMs: 100 } }, 'Degraded: 3.0s'],
    ['min-availability', { limits: { ...limits, minAvailability: 99 } }, 'Availability: 98.333 % of connections'],
    ['max-recovery', { limits: { ...limits, maxRecoveryMs: 11_000 } }, 'Recovery: 12s from the fault, but at most 11s'],
    ['max-recovery', { recovered: false }, 'Recovery: not recovered in that time'],
    ['max-lost', { measurement: someMeasurement({ messages: { ...messages, lost: 1 } }) }, 'Lost: 1 of 112'],
  ] as const)('fails when %s is exceeded, and names it first', (name, changes, text) => {
    const judged = judge(evidence(changes));
    expect(judged.verdict).toBe('fail');
    expect(judged.reason.startsWith(text)).toBe(true);
    expect(judged.assertions.filter(({ result }) => result === 'fail').map(one => one.name)).toEqual([name]);
  });

  it('is inconclusive without proof or with a validity issue, even if a limit is exceeded', () => {
    const exceeded = { ...limits, maxOutageMs: 1 };
    const unproven = { confirmed: false, detail: 'The machine of a is running.' };
    expect(judge(evidence({ proof: unproven, limits: exceeded }))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'No conclusion is possible because the fault is not proven: the machine of a is running.',
    });
    const invalid = someMeasurement({ doubts: ['the probe never succeeded'] });
    expect(judge(evidence({ measurement: invalid, limits: exceeded })).verdict).toBe('inconclusive');
  });

  it.each([
    ['no message was accepted', { acked: 0 }],
    ['no reading succeeded', { doubts: ['no reading succeeded'] }],
  ])('is inconclusive when %s, unless another limit is exceeded', (_, changes) => {
    const measurement = someMeasurement({ messages: { ...messages, ...changes } });
    expect(judge(evidence({ measurement })).verdict).toBe('inconclusive');
    expect(judge(evidence({ measurement, limits: { ...limits, maxOutageMs: 1 } })).verdict).toBe('fail');
  });

  it.each([without('messages'), someMeasurement({ messages: { ...messages, readings: 0 } })])(
    'reports that message loss was not measured, which is neither met nor exceeded',
    measurement => {
      const { assertions, verdict } = judge(evidence({ measurement }));
      expect(assertions.at(-1)).toMatchObject({ measured: 'message loss not measured', result: 'not-measured' });
      expect(verdict).toBe('pass');
    },
  );

  it('does not apply client limits to what was not measured', () => {
    const { probe } = someMeasurement();
    const nothing = { outageMs: null, degradedMs: null, unavailableSeconds: null, availability: null };
    const { produced, read, ...measurement } = someMeasurement({ probe: { ...probe, ...nothing, attempts: 0 } });
    expect([produced, read]).not.toContain(undefined);
    const { assertions, verdict } = judge(evidence({ measurement }));
    const clientLimits = assertions.filter(({ name }) => /outage|degraded|availability/.test(name));
    expect(clientLimits.map(({ measured, result }) => [measured, result])).toEqual(
      Array.from({ length: 3 }, () => ['not measured', 'not-measured']),
    );
    expect(verdict).toBe('pass');
  });

  it('judges the worst series, and names it', () => {
    const { produced, read } = someMeasurement();
    const measurement = someMeasurement({
      produced: { ...produced, outageMs: 7_000 } as NonNullable<typeof produced>,
      read: { ...read, availability: 50 } as NonNullable<typeof read>,
    });
    expect(judge(evidence({ measurement })).reason).toBe(
      'Outage: 7.0s for messages produced, resolution 250ms, but at most 5.0s; availability: 50 % of messages read in the worst 2 minutes, but at least 90 %; judged by connections, messages produced, messages read.',
    );
  });

  it('says when only connections were judged', () => {
    const { produced, read, messages: counts, ...measurement } = someMeasurement();
    expect([produced, read, counts]).not.toContain(undefined);
    expect(judge(evidence({ measurement })).reason).toMatch(
      /; judged by connections only, because no messages were sent\.$/,
    );
  });

  it('does not apply the limit of lost messages when messages could not be checked', () => {
    const doubts = ['no reading succeeded after the last 12 accepted messages'];
    const unchecked = someMeasurement({ messages: { ...messages, unchecked: 12, doubts } });
    const measured = '0 of 112 accepted messages, 12 not checked, 1 twice';
    expect(judge(evidence({ measurement: unchecked })).assertions.at(-1)).toMatchObject({
      measured,
      result: 'not-measured',
    });
  });

  it('fails by a proven loss even if other messages could not be checked', () => {
    const doubts = ['it is unknown whether 12 accepted messages are lost'];
    const measurement = someMeasurement({ messages: { ...messages, lost: 1, unchecked: 12, doubts } });
    expect(judge(evidence({ measurement }))).toMatchObject({ verdict: 'fail' });
  });

  it('counts what only some members have as lost, and reports what was absent for some time', () => {
    const diverged = someMeasurement({ messages: { ...messages, diverged: 2, stale: 5 } });
    const { verdict, reason } = judge(evidence({ measurement: diverged }));
    expect([verdict, reason]).toEqual([
      'fail',
      'Lost: 0 of 112 accepted messages, 2 different on two members, 5 absent for some time, 1 twice, but at most 0; judged by connections, messages produced, messages read.',
    ]);
    const stale = someMeasurement({ messages: { ...messages, stale: 5 } });
    expect(judge(evidence({ measurement: stale })).verdict).toBe('pass');
  });

  it('does not judge messages when the servers promise no delivery', () => {
    const notJudged = 'ClusterDeliveryMode is Standard';
    const measurement = someMeasurement({ messages: { ...messages, lost: 9, doubts: ['unknown'], notJudged } });
    const { verdict, assertions } = judge(evidence({ measurement }));
    expect([verdict, assertions.at(-1)?.result]).toEqual(['pass', 'not-measured']);
    expect(assertions.at(-1)?.measured).toBe('message loss not judged: ClusterDeliveryMode is Standard');
  });

  it('requires that a quorum loss is observed, without client limits', () => {
    const control = { name: 'quorum-loss', unavailable: true, limits: { ...limits, maxOutageMs: 0 } } as const;
    expect(judge(evidence({ ...control, acceptedUnderFault: 0 })).verdict).toBe('pass');
    expect(judge(evidence({ ...control, acceptedUnderFault: 3 }))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('messages were accepted without a quorum') as unknown,
    });
  });
});

describe('worstOf', () => {
  it.each([
    [['pass', 'pass'], 'pass'],
    [['pass', 'skipped'], 'pass'],
    [['skipped', 'skipped'], 'inconclusive'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'aborted'], 'aborted'],
    [['fail', 'aborted', 'pass'], 'fail'],
    [['skipped', 'fail'], 'fail'],
  ] as const)('of %j is %s', (verdicts, worst) => {
    expect(worstOf(verdicts)).toBe(worst);
  });
});
