import { describe, expect, it } from '@jest/globals';
import { rejection } from '../../azure/fixtures.js';
import { ManualClock } from '../../fakes.js';
import { FakeCluster } from '../fake-cluster.js';
import { podOf, pods } from '../samples.js';

const get = { method: 'GET', path: '/version', why: 'find the version' } as const;

interface Lost {
  readonly cluster: FakeCluster;
  /** How often the login was renewed. */
  renewals: number;
  renew: () => Promise<void>;
}

/** A cluster that kubectl cannot reach before the `needed`-th renewal of its login. */
async function lose(needed = 1): Promise<Lost> {
  const cluster = await FakeCluster.start();
  const lost: Lost = {
    cluster,
    renewals: 0,
    renew: () => {
      lost.renewals += 1;
      return Promise.resolve();
    },
  };
  cluster.scripts.push((_, response) => {
    if (lost.renewals >= needed) return false;
    // What kubectl proxy sends when its credential plugin fails.
    const text = 'Get "https://aks": getting credentials: exec: executable kubelogin failed with exit code 1';
    response.writeHead(500, { 'content-type': 'text/plain' }).end(text);
    return true;
  });
  return lost;
}

describe('a login that kubectl has lost', () => {
  it('is renewed, and the request is sent again, also one that must not be repeated', async () => {
    const lost = await lose();
    await using cluster = lost.cluster;
    cluster.put(pods, podOf(0));
    const api = cluster.api(undefined, new ManualClock(), lost.renew);
    await api.evict({ namespace: 'ns', name: podOf(0).metadata.name }, 'evict a pod');
    expect(lost.renewals).toBe(1);
    expect(cluster.received.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('is renewed before a watch opens', async () => {
    const lost = await lose();
    await using cluster = lost.cluster;
    const stop = new AbortController();
    const stream = await cluster.api(stop.signal, undefined, lost.renew).stream(`${pods}?watch=1`, 'watch the pods');
    expect([stream.status, lost.renewals]).toEqual([200, 1]);
    stop.abort(new Error('done'));
  });

  it('is renewed once per request', async () => {
    const lost = await lose(2);
    await using cluster = lost.cluster;
    const api = cluster.api(undefined, new ManualClock(), lost.renew);
    expect(await rejection(api.raw(get))).toMatchObject({ code: 'api-unauthorized' });
    expect([lost.renewals, cluster.received.length]).toEqual([1, 2]);
  });

  it('is an error if the action cannot renew it, with the reason in the log', async () => {
    const lost = await lose();
    await using cluster = lost.cluster;
    const refused = cluster.api(undefined, new ManualClock(), () => Promise.reject(new Error('no assertion')));
    expect(await rejection(refused.raw(get))).toMatchObject({ code: 'api-unauthorized' });
    expect(cluster.log.lines).toEqual(['The login could not be renewed: no assertion']);
    expect(await rejection(cluster.api().raw(get))).toMatchObject({ code: 'api-unauthorized' });
    expect(cluster.received).toHaveLength(2);
  });

  it('does not hold up a request whose time is over', async () => {
    const lost = await lose();
    await using cluster = lost.cluster;
    const late = new AbortController();
    const api = cluster.api(late.signal, undefined, () => {
      late.abort(new Error('late'));
      return new Promise(() => undefined);
    });
    expect(await rejection(api.raw(get))).toMatchObject({ code: 'api-unauthorized' });
  });
});
