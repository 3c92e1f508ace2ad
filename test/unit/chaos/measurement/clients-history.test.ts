import { describe, expect, it } from '@jest/globals';
import {
  type ClientChange,
  type ClientsHistory,
  connectedOver,
  summarizeClients,
} from '../../../../src/chaos/measurement/clients-history.js';
import { countOver } from '../../../../src/chaos/measurement/count-over.js';

/** 100 clients that were connected before t0. */
const connected: readonly ClientChange[] = Array.from({ length: 100 }, (_, client) => ({
  ...{ client, atMs: -5_000, to: 'connected' as const },
}));

function historyOf(changes: readonly ClientChange[], more: Partial<ClientsHistory> = {}): ClientsHistory {
  const ordered = [...connected, ...changes].sort((a, b) => a.atMs - b.atMs);
  return { wanted: 100, changes: ordered, openings: [], lagMs: 0, ...more };
}

/** These clients are lost at a time, and are back after so many milliseconds, if at all. */
const lost = (client: number, atMs: number, backMs?: number, to: 'closed' | 'hung' = 'closed'): ClientChange[] => [
  { client, atMs, to },
  ...(backMs === undefined ? [] : [{ client, atMs: atMs + backMs, to: 'connected' as const }]),
];

describe('the summary of clients', () => {
  it('says when 50, 95, 99 and 100 % of those that lost their connection were back, from the fault', () => {
    const all = connected.flatMap(({ client }) => lost(client, 10_000, (client + 1) * 100));
    expect(summarizeClients(historyOf(all), 9_000, 9_500)).toMatchObject({
      ...{ opened: 100, broken: 100, hung: 0 },
      back: { p50: 5_500, p95: 10_000, p99: 10_400, all: 10_500 },
    });
  });

  it('says what was not reached, and counts a client once, with the last time that it was back', () => {
    const changes = [...lost(1, 10_000, 100), ...lost(1, 20_000, 500, 'hung'), ...lost(2, 10_000, undefined, 'hung')];
    expect(summarizeClients(historyOf(changes), 9_000, 9_000)).toMatchObject({
      ...{ broken: 1, hung: 1 },
      back: { p50: 11_500, p95: null, p99: null, all: null },
    });
    expect(summarizeClients(historyOf([]), 9_000, 9_000)).toMatchObject({ broken: 0, hung: 0, back: null });
  });

  it('counts only those that were connected when the fault was injected', () => {
    const changes = [...lost(1, 5_000), ...lost(2, 5_000, 5_000), ...lost(3, 12_000)];
    expect(summarizeClients(historyOf(changes), 9_000, 9_000)).toMatchObject({ opened: 98, broken: 1 });
  });

  it('measures nothing where connections end without a fault', () => {
    const idle = connected.slice(0, 11).flatMap(({ client }) => lost(client, 5_000, 100));
    expect(summarizeClients(historyOf(idle), 9_000, 9_000)).toMatchObject({
      ...{ opened: null, broken: null, back: null, peakPerSecond: null },
      notMeasured: '11 of 100 ended before the fault, as where the server closes idle connections',
    });
    // While they are opened, a server may be busy.
    expect(
      summarizeClients(historyOf(idle.map(one => ({ ...one, atMs: one.atMs - 9_000 }))), 0, 0).opened,
    ).not.toBeNull();
  });

  it('has the most connections that were opened in a second since the injection', () => {
    const openings = [0, 8_000, 9_000, 10_000].map((atMs, index) => ({ atMs, opened: [200, 9, 7, 5][index] ?? 0 }));
    expect(summarizeClients(historyOf([], { openings }), 9_500, 9_500).peakPerSecond).toBe(7);
  });
});

describe('a count over time', () => {
  it('has the lowest number of each second, and what it was at t0', () => {
    const changes = [...lost(1, -500), ...lost(2, 4_200, 300), ...lost(3, 4_300, 2_100), ...lost(4, 9_000)];
    expect(connectedOver(historyOf(changes))).toEqual([
      ...[
        [0, 99],
        [4_000, 97],
        [5_000, 98],
        [7_000, 99],
        [9_000, 98],
      ],
    ]);
  });

  it('has the highest number of each second', () => {
    const steps = [1_100, 1_200, 1_300].flatMap(atMs => [
      { atMs, by: 1 },
      { atMs: atMs + 5, by: -1 },
    ]);
    expect(countOver([...steps, { atMs: 3_000, by: 1 }], Math.max)).toEqual([
      [0, 0],
      [1_000, 1],
      [2_000, 0],
      [3_000, 1],
    ]);
  });
});
