import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { followInsideProbe, type InsideProbe } from '../../../../src/chaos/measurement/inside-probe.js';
import { summarizeInside } from '../../../../src/chaos/measurement/inside-summary.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';

let cluster: FakeCluster;
let clock: JumpingClock;
let api: KubernetesApi;
/** What the pod has printed. */
let log: string[];
/** The connections that follow it. */
let followers: ServerResponse[];

beforeEach(async () => {
  cluster = await FakeCluster.start();
  clock = new JumpingClock(() => cluster.received.length);
  api = cluster.api(undefined, clock);
  log = [];
  followers = [];
  cluster.scripts.push(({ path, query }, response) => {
    if (!path.endsWith('/pods/probe/log')) return false;
    response.writeHead(200).flushHeaders();
    response.write(log.join(''));
    if (query.has('follow')) followers.push(response);
    else response.end();
    return true;
  });
});

afterEach(async () => {
  clock.stop();
  await cluster[Symbol.asyncDispose]();
});

const follow = (): InsideProbe =>
  followInsideProbe(api, { namespace: 'ns', name: 'probe', container: 'probe', node: 'b' });

/** The pod prints a line, which those that follow it get at once. */
function print(line: string): void {
  log.push(`${line}\n`);
  for (const response of followers) if (!response.destroyed) response.write(`${line}\n`);
}

/** Resolves when the clock has reached a time. */
const until = (ms: number): Promise<void> => clock.sleep(ms - clock.now(), api.signal);

describe('the probe inside the cluster', () => {
  it('is placed on the clock of the runner by the line that arrived fastest, whatever its node says', async () => {
    clock.at(1_000, () => {
      print('1 500.00 500.30 ok');
    });
    clock.at(2_000, () => {
      print('2 501.00 501.90 failed');
    });
    const probe = follow();
    expect(await probe.hasAnswer(5_000)).toBe(true);
    await until(2_500);
    await probe.stop();
    // The second line arrived 100 ms after its end, or less; the first one 700 ms.
    expect(probe.attempts(0)).toEqual([
      { atMs: 100, ms: 300, ok: true, failure: '', local: false },
      { atMs: 1_100, ms: 900, ok: false, failure: 'no answer', local: false },
    ]);
    expect(probe.attempts(500).map(({ atMs }) => atMs)).toEqual([600]);
  });

  it('misses nothing although the connection breaks, and counts nothing twice', async () => {
    clock.at(1_000, () => {
      print('1 10.00 10.00 ok');
      for (const response of followers) response.destroy();
    });
    clock.at(1_500, () => {
      print('2 10.50 10.50 failed');
    });
    clock.at(4_000, () => {
      print('3 13.00 13.00 ok');
    });
    const probe = follow();
    await until(5_000);
    await probe.stop();
    expect(followers).toHaveLength(2);
    expect(probe.attempts(0).map(({ atMs, ok }) => [atMs, ok])).toEqual([
      [1_000, true],
      [1_500, false],
      [4_000, true],
    ]);
  });

  it('reads at the end what a broken connection has not delivered', async () => {
    const probe = follow();
    clock.at(1_000, () => {
      print('1 10.00 10.00 ok');
    });
    await probe.hasAnswer(5_000);
    await until(5_000);
    log.push('2 11.00 13.00 failed\n');
    await probe.stop();
    await probe.stop();
    expect(probe.attempts(0).map(({ ok }) => ok)).toEqual([true, false]);
    expect(cluster.received.filter(({ query }) => !query.has('follow'))).toHaveLength(1);
  });

  it('takes no line that the script does not print, and no line again with another content', async () => {
    const probe = follow();
    clock.at(1_000, () => {
      for (const line of ['curl: (6) x', '1 10.00 10.00 failed', '1 10.00 10.00 ok', '2 9.00 8.00 ok']) print(line);
    });
    await until(1_500);
    await probe.stop();
    expect(probe.attempts(0).map(({ ok }) => ok)).toEqual([false]);
  });

  it('has no answer while every attempt fails', async () => {
    const probe = follow();
    clock.at(1_000, () => {
      print('1 10.00 10.00 failed');
    });
    expect([await probe.hasAnswer(5_000), clock.now()]).toEqual([false, 5_000]);
    await probe.stop();
  });
});

describe('the numbers of the probe inside the cluster', () => {
  /** One attempt per second; those of these seconds fail. */
  const attemptsIn = (seconds: number, failed: readonly number[]) => ({
    node: 'b',
    attempts: Array.from({ length: seconds }, (_, second) => {
      const ok = !failed.includes(second);
      return { atMs: second * 1_000, ms: 10, ok, failure: ok ? '' : 'no answer', local: false };
    }),
  });

  it('are those of a series from the fault on', () => {
    const record = summarizeInside(attemptsIn(30, [2, 11, 12]), { fromMs: 10_000, toMs: 29_500 });
    expect(record).toMatchObject({
      node: 'b',
      attempts: 20,
      failed: 2,
      outageMs: 2_000,
      degradedMs: 2_000,
      unseenMs: 0,
    });
    expect([record.resolutionMs, record.availability]).toEqual([1_000, null]);
  });

  it('call it a gap, and no outage, when the log ends', () => {
    const record = summarizeInside(attemptsIn(20, [18, 19]), { fromMs: 10_000, toMs: 60_000 });
    expect(record).toMatchObject({ attempts: 10, failed: 2, outageMs: 2_000, unseenMs: 41_000 });
  });

  it('are not measured when nothing is known since the fault', () => {
    const record = summarizeInside(attemptsIn(5, []), { fromMs: 10_000, toMs: 20_000 });
    expect(record).toMatchObject({ attempts: 0, outageMs: null, unseenMs: 10_000 });
  });
});
