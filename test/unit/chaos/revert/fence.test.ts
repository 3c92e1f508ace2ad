import { describe, expect, it } from '@jest/globals';
import { createFence } from '../../../../src/chaos/revert/fence.js';
import { claimRecord, removeRecord, writeRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import { FakeCluster, once } from '../../kubernetes/fake-cluster.js';
import { podOf, pods } from '../../kubernetes/samples.js';
import { record } from './revert-bench.js';

const recordPath = '/api/v1/namespaces/ns/configmaps/migratorydata-aks-mark';
const pod = { namespace: 'ns', name: 'migratorydata-0' };

describe('the fence of an experiment', () => {
  it('lets its changes pass, each after a write of the record', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const fenced = api.withFence(createFence(api, await writeRecord(api, record)));
    cluster.received.length = 0;
    await fenced.list('Pod', { namespace: 'ns' }, 'read');
    await Promise.all([fenced.evict(pod, 'evict'), fenced.evict(pod, 'evict')]);
    const calls = cluster.received.map(({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`);
    expect(calls.filter(call => call !== 'GET pods').sort()).toEqual([
      ...['PATCH migratorydata-aks-mark', 'PATCH migratorydata-aks-mark'],
      ...['POST eviction', 'POST eviction'],
    ]);
    expect(calls.indexOf('PATCH migratorydata-aks-mark')).toBeLessThan(calls.indexOf('POST eviction'));
  });

  it.each([
    ['claimed', (cluster: FakeCluster) => claimRecord(cluster.api(), record, 'other/run/1/x')],
    ['removed', (cluster: FakeCluster) => removeRecord(cluster.api(), record)],
  ])('stops all changes when another run has %s the record', async (_, happen) => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    cluster.put(pods, podOf(0));
    const fenced = api.withFence(createFence(api, await writeRecord(api, record)));
    await happen(cluster);
    await expect(fenced.evict(pod, 'evict')).rejects.toMatchObject({ code: 'lock-lost' });
    await expect(fenced.scale('StatefulSet', pod, 1, 'scale in')).rejects.toMatchObject({ code: 'lock-lost' });
    expect(cluster.received.filter(({ path }) => /eviction|scale$/.test(path))).toEqual([]);
  });

  it('survives a lost response and a label of someone else', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const fenced = api.withFence(createFence(api, await writeRecord(api, record)));
    const found = cluster.get(recordPath);
    cluster.put('/api/v1/namespaces/ns/configmaps', {
      ...found,
      metadata: { ...found?.metadata, labels: { a: 'b' } },
    });
    await fenced.evict(pod, 'evict');
    expect(cluster.received.filter(({ path }) => path.endsWith('/eviction'))).toHaveLength(1);
  });

  it('is passed again before each repetition of a change', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const fenced = api.withFence(createFence(api, await writeRecord(api, record)));
    cluster.put('/apis/apps/v1/namespaces/ns/statefulsets', { metadata: { name: 'migratorydata-0' }, spec: {} });
    cluster.received.length = 0;
    cluster.scripts.push(
      once(
        ({ path }) => path.endsWith('/scale'),
        response => response.destroy(),
      ),
    );
    await fenced.scale('StatefulSet', pod, 4, 'scale');
    const calls = cluster.received.map(({ path }) => path.split('/').at(-1));
    expect(calls).toEqual(['migratorydata-aks-mark', 'scale', 'migratorydata-aks-mark', 'scale']);
  });
});
