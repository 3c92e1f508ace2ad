import { describe, expect, it } from '@jest/globals';
import { faultTimeOf, type FaultObservations } from '../../../../src/chaos/measurement/fault-time.js';

const timeOf = (changes: Partial<FaultObservations>) =>
  faultTimeOf({
    ...{ injectedMs: 30_000, confirmedMs: 90_000, accepted: undefined, azureAcceptedMs: undefined },
    ...{ renewals: [], firstFailureMs: undefined, resolutionMs: 200 },
    ...changes,
  });
/** A kubelet that renews its Lease every 10 s. */
const renewals = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 10_000 + 1 }, (_, index) => fromMs + index * 10_000);

describe('the time of a fault', () => {
  it('of a lost node is that of its last renewal, with the time until the next one was due', () => {
    expect(timeOf({ renewals: [renewals(4_000, 54_000)], azureAcceptedMs: 31_000 })).toEqual({
      ...{ atMs: 54_000, uncertaintyMs: 10_000, by: 'renewal', azureAcceptedMs: 31_000 },
    });
  });

  it('of a lost node is not after the first failure, which limits the uncertainty', () => {
    expect(timeOf({ renewals: [renewals(4_000, 54_000)], firstFailureMs: 57_500 })).toMatchObject({
      ...{ atMs: 54_000, uncertaintyMs: 3_500, by: 'renewal' },
    });
    expect(timeOf({ renewals: [renewals(4_000, 54_000)], firstFailureMs: 47_500 }).atMs).toBe(44_000);
  });

  it('of a rebooted node is before the silence, although it is back', () => {
    const rebooted = [...renewals(4_000, 34_000), 78_000, 88_000];
    expect(timeOf({ renewals: [rebooted] })).toMatchObject({ atMs: 34_000, uncertaintyMs: 10_000 });
  });

  it('is never before the injection', () => {
    expect(timeOf({ renewals: [renewals(4_000, 24_000)] })).toMatchObject({ atMs: 30_000, uncertaintyMs: 4_000 });
  });

  it('of several lost nodes is that of the first', () => {
    expect(timeOf({ renewals: [renewals(4_000, 54_000), renewals(1_000, 51_000)] }).atMs).toBe(51_000);
  });

  it('of a removed member is the acceptance of its removal, or the first failure if that came before', () => {
    const accepted = { sentMs: 30_400, atMs: 30_460 };
    expect(timeOf({ accepted })).toMatchObject({ atMs: 30_460, uncertaintyMs: 60, by: 'acceptance' });
    expect(timeOf({ accepted, firstFailureMs: 30_450 })).toMatchObject({
      atMs: 30_450,
      uncertaintyMs: 200,
      by: 'failure',
    });
    expect(timeOf({ accepted, firstFailureMs: 40_000 })).toMatchObject({ atMs: 30_460, by: 'acceptance' });
  });

  it('is only known to be between injection and confirmation when no renewal was seen', () => {
    expect(timeOf({ renewals: [[]] })).toMatchObject({ atMs: 30_000, uncertaintyMs: 60_000, by: 'injection' });
    expect(timeOf({})).toMatchObject({ atMs: 30_000, uncertaintyMs: 0, by: 'injection', azureAcceptedMs: null });
  });
});
