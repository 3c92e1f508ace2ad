import { describe, expect, it } from '@jest/globals';
import { cordon, uncordon } from '../../../../src/chaos/revert/cordon.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';

const nodes = '/api/v1/nodes';
const holder = 'acme/shop/1/main';

describe('a cordon', () => {
  it('is removed by its holder only, and leaves no annotation', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(nodes, { metadata: { name: 'a' }, spec: {} });
    const api = cluster.api();
    await cordon(api, 'a', holder);
    await cordon(api, 'a', holder);
    expect(cluster.log.lines).toEqual(['same as: kubectl cordon a']);
    expect(await uncordon(api, 'a', 'acme/shop/2/main')).toBe(false);
    expect(cluster.get(`${nodes}/a`)?.['spec']).toEqual({ unschedulable: true });
    expect(await uncordon(api, 'a', holder)).toBe(true);
    expect(cluster.get(`${nodes}/a`)).toMatchObject({ metadata: { annotations: {} }, spec: {} });
  });

  it('of someone else is refused and stays', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(nodes, { metadata: { name: 'b' }, spec: { unschedulable: true } });
    const api = cluster.api();
    await expect(cordon(api, 'b', holder)).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('cordoned by someone else in the meantime'),
    });
    expect(await uncordon(api, 'b', holder)).toBe(false);
    expect(cluster.get(`${nodes}/b`)?.['spec']).toEqual({ unschedulable: true });
  });

  it('needs no removal on a node that is gone', async () => {
    await using cluster = await FakeCluster.start();
    expect(await uncordon(cluster.api(), 'gone', holder)).toBe(false);
  });
});
