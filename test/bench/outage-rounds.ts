import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '../../src/chaos/measurement/attempt-series.js';
import type { ClientEndpoint } from '../../src/chaos/measurement/client-endpoint.js';
import { summarizeProbe } from '../../src/chaos/measurement/outages.js';
import { deadlineMs, startProbe } from '../../src/chaos/measurement/probe.js';
import type { ProbeRecord } from '../../src/journal/experiment-record.js';
import { createSocketNetwork } from '../../src/runtime/node-network.js';
import { systemClock } from '../../src/runtime/node-ports.js';

export const intervalMs = 200;
/** How often each fault of each duration is measured, side by side. */
export const rounds = 20;
export const durationsMs = [500, 2_000, 10_000] as const;

/** One round: what was measured, and how long the fault really lasted. Times are milliseconds. */
export interface Round {
  readonly probe: ProbeRecord;
  readonly attempts: readonly Attempt[];
  readonly trueMs: number;
  /** The time of the fault, and the end, from the start of the probe. */
  readonly fromMs: number;
  readonly endMs: number;
}

/**
 * Measures one fault with the probe and the numbers of the experiments, which see only sockets.
 * @throws Error when no connection succeeded before the fault.
 * @param inject injects the fault, removes it, and returns how long it lasted.
 * @param phase from 0 up to 1: where in the interval of the probe the fault begins.
 */
export async function measureRound(url: string, inject: () => Promise<number>, phase: number): Promise<Round> {
  const endpoint: ClientEndpoint = {
    url: () => url,
    network: createSocketNetwork(),
    blindSpot: undefined,
    rest: undefined,
  };
  const ending = new AbortController();
  const t0Ms = systemClock.now();
  const probe = startProbe(systemClock, endpoint, { t0Ms, intervalMs }, ending.signal, () => undefined);
  await sleep(1_000 + phase * intervalMs);
  const fromMs = systemClock.now() - t0Ms;
  const trueMs = await inject();
  // As long as the last attempt may wait.
  await sleep(deadlineMs + 100);
  const endMs = systemClock.now() - t0Ms;
  await probe.stop();
  const attempts = probe.series.ended();
  if (!attempts.some(({ ok, atMs }) => ok && atMs < fromMs)) throw new Error(`nothing answered at ${url}`);
  const resolutionMs = intervalMs + probe.lateness(fromMs, endMs);
  return {
    probe: summarizeProbe({ attempts, fromMs, endMs, resolutionMs }, fromMs, undefined),
    attempts,
    trueMs,
    fromMs,
    endMs,
  };
}
