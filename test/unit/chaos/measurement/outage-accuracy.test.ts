import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setMaxListeners } from 'node:events';
import { summarizeProbe } from '../../../../src/chaos/measurement/outages.js';
import { startProbe } from '../../../../src/chaos/measurement/probe.js';
import type { ProbeRecord } from '../../../../src/journal/experiment-record.js';
import type { Network } from '../../../../src/runtime/ports.js';
import { SteppedClock } from './stepped-clock.js';

const intervalMs = 200;
/** A dropped first packet is sent again after this time, in milliseconds; the next time would be after the deadline. */
const retransmissionMs = 1_000;

/** Measures one fault on a network that behaves as that of a kernel, without a late moment. */
async function measure(fault: 'refused' | 'dropped', fromMs: number, lengthMs: number): Promise<ProbeRecord> {
  const clock = new SteppedClock();
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const fails = (): boolean => clock.now() >= fromMs && clock.now() < fromMs + lengthMs;
  const answered = { status: 200, text: '', ms: 1 };
  const network: Network = {
    connect: () => Promise.resolve(1),
    async http({ timeoutMs }) {
      if (!fails()) return answered;
      if (fault === 'refused') throw new Error('ECONNREFUSED');
      await clock.sleep(retransmissionMs, signal);
      if (!fails()) return answered;
      await clock.sleep(timeoutMs - retransmissionMs, signal);
      throw new Error('no answer');
    },
  };
  const endpoint = { url: () => 'http://server', network, blindSpot: undefined, rest: undefined };
  const probe = startProbe(clock, endpoint, { t0Ms: 0, intervalMs }, signal, () => undefined);
  const endMs = fromMs + lengthMs + 2_000;
  await clock.advance(endMs);
  const stopping = probe.stop();
  await clock.advance(3_000);
  await stopping;
  const window = { attempts: probe.series.ended(), fromMs, endMs, resolutionMs: intervalMs };
  return summarizeProbe(window, fromMs, undefined);
}

describe('the outage of a fault that begins at any moment', () => {
  const moment = fc.integer({ min: 1_000, max: 1_000 + intervalMs });
  const length = fc.integer({ min: 200, max: 10_000 });

  it('is as long as connections are refused, to one interval', async () => {
    await fc.assert(
      fc.asyncProperty(moment, length, async (fromMs, lengthMs) => {
        const { outageMs, slow } = await measure('refused', fromMs, lengthMs);
        expect(Math.abs((outageMs ?? NaN) - lengthMs)).toBeLessThanOrEqual(intervalMs);
        expect(slow).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('is one second shorter when packets are dropped, and connections are slow for that second', async () => {
    await fc.assert(
      fc.asyncProperty(moment, length, async (fromMs, lengthMs) => {
        const { outageMs, slow } = await measure('dropped', fromMs, lengthMs);
        expect(Math.abs((outageMs ?? NaN) - Math.max(0, lengthMs - retransmissionMs))).toBeLessThanOrEqual(intervalMs);
        expect(Math.abs(slow * intervalMs - Math.min(lengthMs, retransmissionMs))).toBeLessThanOrEqual(intervalMs);
      }),
      { numRuns: 30 },
    );
  });
});
