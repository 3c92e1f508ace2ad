import { describe, expect, it } from '@jest/globals';
import { FakeCluster, once, refuse, reply } from '../fake-cluster.js';
import { podOf, pods } from '../samples.js';

const key = { namespace: 'ns', name: 'c' };
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { a: '1' } };
const collection = '/api/v1/namespaces/ns/configmaps';

describe('the Kubernetes API', () => {
  it('uses server-side apply with its field manager, and forces by default', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const applied = await api.apply(configMap, 'apply c');
    await api.apply(configMap, 'apply c', { force: false, dryRun: true });
    expect(applied.data).toEqual({ a: '1' });
    const [first, second] = cluster.received;
    expect(first).toMatchObject({
      method: 'PATCH',
      path: `${collection}/c`,
      contentType: 'application/apply-patch+yaml',
    });
    expect(first?.query.toString()).toBe('fieldManager=migratorydata-aks&force=true');
    expect(second?.query.toString()).toBe('fieldManager=migratorydata-aks&dryRun=All');
  });

  it('records each call in the journal, and logs the equivalent command of each change except dry runs', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    await api.apply(configMap, 'apply c', { dryRun: true });
    await api.remove('ConfigMap', key, 'remove c');
    await api.list('Pod', { namespace: 'ns', labels: 'app=x' }, 'list pods');
    expect(cluster.calls.map(({ method, why, status }) => [method, why, status])).toEqual([
      ['PATCH', 'apply c', 200],
      ['DELETE', 'remove c', 404],
      ['GET', 'list pods', 200],
    ]);
    expect(cluster.calls.at(-1)?.path).toBe(`${pods}?labelSelector=app%3Dx`);
    expect(cluster.log.lines).toEqual(['same as: kubectl delete -n ns configmap/c']);
  });

  it('looks up the path of an unknown kind, once per object', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(({ path }, response) => {
      if (path !== '/apis/example.org/v1') return false;
      reply(response, 200, {
        resources: [
          { name: 'widgets/status', kind: 'Widget', namespaced: true },
          { name: 'widgets', kind: 'Widget', namespaced: true },
        ],
      });
      return true;
    });
    const api = cluster.api();
    await api.apply({ apiVersion: 'example.org/v1', kind: 'Widget', metadata: key }, 'apply w');
    expect(cluster.received.at(-1)?.path).toBe('/apis/example.org/v1/namespaces/ns/widgets/c');
    const unknown = api.apply({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: key }, 'apply g');
    await expect(unknown).rejects.toMatchObject({
      code: 'api-error',
      message: expect.stringContaining('Gadget') as unknown,
    });
  });

  it('distinguishes missing objects from failures', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    expect(await api.find('Pod', key, 'find c')).toBeUndefined();
    expect(await api.remove('Pod', key, 'remove c')).toBe(false);
    await expect(api.get('Pod', key, 'read c')).rejects.toMatchObject({ httpStatus: 404, code: 'api-error' });
  });

  it('removes only the object with the given UID', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(pods, podOf(0));
    await cluster
      .api()
      .remove('Pod', { namespace: 'ns', name: 'migratorydata-0' }, 'remove it', { uid: 'u', gracePeriodSeconds: 0 });
    expect(JSON.parse(cluster.received[0]?.body ?? '')).toMatchObject({
      preconditions: { uid: 'u' },
      gracePeriodSeconds: 0,
    });
  });

  it.each([
    ['a read', 3, (cluster: FakeCluster) => cluster.api().list('Pod', { namespace: 'ns' }, 'list')],
    ['an apply', 3, (cluster: FakeCluster) => cluster.api().apply(configMap, 'apply')],
  ])('retries %s when the server is unreachable', async (_, attempts, act) => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(
      once(
        () => true,
        response => {
          response.destroy();
        },
      ),
    );
    cluster.scripts.push(
      once(
        () => true,
        response => {
          response.writeHead(500).end('dial tcp: i/o timeout');
        },
      ),
    );
    await act(cluster);
    expect(cluster.calls.map(({ status }) => status)).toEqual([0, 500, 200]);
    expect(cluster.received).toHaveLength(attempts);
  });

  it('sends an eviction and a create only once, because they may have taken effect', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push((_, response) => {
      response.destroy();
      return true;
    });
    const api = cluster.api();
    await expect(api.evict(key, 'evict c')).rejects.toMatchObject({ code: 'api-unreachable', httpStatus: 0 });
    await expect(api.create(configMap, 'create c')).rejects.toMatchObject({ code: 'api-unreachable' });
    expect(cluster.received.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('retries requests that a busy server rejected, after the requested pause, but not evictions that a PodDisruptionBudget blocks', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(
      once(
        () => true,
        response => {
          response.writeHead(429, { 'retry-after': '0' }).end('Too many requests');
        },
      ),
    );
    const api = cluster.api();
    await api.create(configMap, 'create c');
    cluster.scripts.push(
      once(
        () => true,
        response => {
          refuse(response, 429, 'TooManyRequests', {
            details: { causes: [{ reason: 'DisruptionBudget', message: 'needs 3' }] },
          });
        },
      ),
    );
    await expect(api.evict(key, 'evict c')).rejects.toMatchObject({ code: 'disruption-blocked' });
    expect(cluster.received).toHaveLength(3);
  });

  it('stops retrying at its time limit', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push((_, response) => {
      refuse(response, 503, 'ServiceUnavailable');
      return true;
    });
    const request = { method: 'GET', path: '/version', why: 'ask', patienceMs: 250 } as const;
    await expect(cluster.api().raw(request)).rejects.toMatchObject({ code: 'api-unreachable', httpStatus: 503 });
    expect(cluster.received).toHaveLength(2);
  });

  it('stops immediately with the reason of its signal, while another signal still works', async () => {
    await using cluster = await FakeCluster.start();
    const stop = new AbortController();
    cluster.scripts.push(
      once(
        () => true,
        () => {
          stop.abort(new Error('cancelled by the user'));
        },
      ),
    );
    const api = cluster.api(stop.signal);
    await expect(api.list('Pod', {}, 'list')).rejects.toThrow('cancelled by the user');
    await expect(api.list('Pod', {}, 'list')).rejects.toThrow('cancelled by the user');
    const undo = api.withSignal(new AbortController().signal);
    expect((await undo.list('Pod', {}, 'list')).items).toEqual([]);
  });
});
