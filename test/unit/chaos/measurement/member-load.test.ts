import { describe, expect, it } from '@jest/globals';
import { createRestartCounter, loadOf, startCpuReadings } from '../../../../src/chaos/measurement/member-load.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { namespace, podOf } from '../../kubernetes/samples.js';
import { SteppedClock } from './stepped-clock.js';

const members = { namespace, name: 'migratorydata', labels: 'app=migratorydata' };
const podMetrics = '/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods';
const withRestarts = (ordinal: number, uid: string, restartCount: number) =>
  podOf(ordinal, { uid, containers: [{ restartCount }] });

describe('the restarts of members', () => {
  it('are those since the first sight of each pod', () => {
    const counter = createRestartCounter();
    counter.count([withRestarts(0, 'a', 3), withRestarts(1, 'b', 0)]);
    counter.count([withRestarts(0, 'a', 5)]);
    counter.count([withRestarts(0, 'another pod', 7)]);
    counter.count([withRestarts(0, 'another pod', 8)]);
    expect([...counter.counted()]).toEqual([
      ['migratorydata-0', 3],
      ['migratorydata-1', 0],
    ]);
  });
});

describe('the CPU of members', () => {
  it('is the highest before the fault, and from then on; what was not read is not 0', () => {
    const reading = (atMs: number, cpu: Readonly<Record<string, number>>) => ({
      ...{ atMs, millicores: new Map(Object.entries(cpu)) },
    });
    const readings = [reading(0, { a: 10, b: 4 }), reading(15_000, { a: 12 }), reading(30_000, { a: 90 })];
    expect(
      loadOf(
        new Map([
          ['a', 0],
          ['b', 2],
        ]),
        readings,
        20_000,
      ),
    ).toEqual([
      { name: 'a', cpu: { before: 12, after: 90 }, restarts: 0 },
      { name: 'b', cpu: { before: 4, after: null }, restarts: 2 },
    ]);
  });

  it('is read every 15 s, and again after an error', async () => {
    await using cluster = await FakeCluster.start();
    let asked = 0;
    cluster.scripts.push(({ path }, response) => {
      if (path !== podMetrics) return false;
      asked += 1;
      response.writeHead(asked === 2 ? 400 : 200, { 'content-type': 'application/json' });
      const items = [{ metadata: { name: 'a' }, containers: [{ name: 'server', usage: { cpu: `${asked}m` } }] }];
      response.end(JSON.stringify({ kind: 'PodMetricsList', metadata: {}, items }));
      return true;
    });
    const clock = new SteppedClock();
    const cpu = startCpuReadings(cluster.api(new AbortController().signal, clock), members, 0);
    for (const count of [1, 2, 3]) {
      while (asked < count) await clock.advance(0);
      await clock.advance(15_000);
    }
    const readings = await cpu.stop();
    expect(readings.map(({ millicores }) => millicores.get('a')).slice(0, 3)).toEqual([1, undefined, 3]);
  });

  it('is not read without a metrics server, and is asked for once', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(({ path }, response) => {
      if (path !== podMetrics) return false;
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: 404 }));
      return true;
    });
    const clock = new SteppedClock();
    const cpu = startCpuReadings(cluster.api(new AbortController().signal, clock), members, 0);
    const asked = (): number => cluster.received.filter(({ path }) => path === podMetrics).length;
    while (asked() === 0) await clock.advance(0);
    await clock.advance(60_000);
    expect(await cpu.stop()).toEqual([]);
    expect(asked()).toBe(1);
  });
});
