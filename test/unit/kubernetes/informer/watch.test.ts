import { describe, expect, it } from '@jest/globals';
import type { Pod } from '../../../../src/kubernetes/api/types.js';
import { type WatchChange, watch } from '../../../../src/kubernetes/informer/watch.js';
import { systemClock } from '../../../../src/runtime/node-ports.js';
import { ManualClock } from '../../fakes.js';
import { FakeCluster, once, refuse, reply } from '../fake-cluster.js';
import { podOf, pods } from '../samples.js';

const target = { kind: 'Pod', namespace: 'ns', labels: 'app=migratorydata' } as const;

/** Describes the next change. */
async function next(changes: AsyncGenerator<WatchChange<Pod>>): Promise<string> {
  const change = (await changes.next()).value as WatchChange<Pod>;
  if (change.type === 'replaced') return `replaced ${change.items.map(({ metadata }) => metadata.name).join(' ')}`;
  return change.type === 'gap' ? `gap ${change.gap.reason}` : `${change.type} ${change.object.metadata.name}`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
}

describe('watch', () => {
  it('lists, then watches with bookmarks and a time limit from the version of the list', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(pods, podOf(0));
    const changes = watch(cluster.api(), target);
    expect(await next(changes)).toBe('replaced migratorydata-0');
    const pending = next(changes);
    await until(() => cluster.watching === 1);
    cluster.put(pods, podOf(1));
    expect(await pending).toBe('changed migratorydata-1');
    cluster.delete(`${pods}/migratorydata-0`);
    expect(await next(changes)).toBe('deleted migratorydata-0');
    const query = cluster.received[1]?.query;
    expect(query?.get('labelSelector')).toBe('app=migratorydata');
    expect(query?.get('allowWatchBookmarks')).toBe('true');
    expect(Number(query?.get('timeoutSeconds'))).toBeGreaterThan(60);
    expect(query?.get('resourceVersion')).toBe('101');
    await changes.return(undefined);
    await until(() => cluster.watching === 0);
  });

  it('resumes a lost watch where it ended, and reports the gap', async () => {
    await using cluster = await FakeCluster.start();
    const changes = watch(cluster.api(), target);
    await next(changes);
    const first = next(changes);
    await until(() => cluster.watching === 1);
    cluster.put(pods, podOf(0));
    await first;
    const second = next(changes);
    cluster.breakWatches();
    expect(await second).toBe('gap connection-lost');
    expect(cluster.received.at(-1)?.query.get('resourceVersion')).toBe('101');
    expect(cluster.received.filter(({ query }) => !query.has('watch'))).toHaveLength(1);
    await changes.return(undefined);
  });

  it.each([
    ['when the connection was lost', 60_000, 60_000],
    ['at the last line, when the silence was longer than that between two bookmarks', 150_000, 0],
  ])('reports a gap that begins %s', async (_, silentMs, fromMs) => {
    await using cluster = await FakeCluster.start();
    const clock = new ManualClock();
    const changes = watch(cluster.api(new AbortController().signal, clock), target);
    await next(changes);
    const first = next(changes);
    await until(() => cluster.watching === 1);
    cluster.put(pods, podOf(0));
    await first;
    const second = changes.next();
    clock.advance(silentMs);
    cluster.breakWatches();
    const { gap } = (await second).value as Extract<WatchChange<Pod>, { type: 'gap' }>;
    expect(gap).toMatchObject({ fromMs, toMs: silentMs, resumed: true });
    await changes.return(undefined);
  });

  it('advances with bookmarks, so that a quiet watch does not expire', async () => {
    await using cluster = await FakeCluster.start();
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '900' } } };
    cluster.scripts.push(
      once(
        ({ query }) => query.has('watch'),
        response => {
          response.end(`${JSON.stringify(bookmark)}\n`);
        },
      ),
    );
    const changes = watch(cluster.api(), target);
    await next(changes);
    const pending = next(changes);
    await until(() => cluster.watching === 1);
    expect(cluster.received.at(-1)?.query.get('resourceVersion')).toBe('900');
    cluster.put(pods, podOf(0));
    expect(await pending).toBe('changed migratorydata-0');
    await changes.return(undefined);
  });

  it.each([
    [
      'as an event',
      (cluster: FakeCluster) => {
        cluster.breakWatches({ kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
      },
    ],
    [
      'as a response',
      (cluster: FakeCluster) => {
        cluster.scripts.push(
          once(
            ({ query }) => query.has('watch'),
            response => {
              refuse(response, 410, 'Expired');
            },
          ),
        );
        cluster.breakWatches();
      },
    ],
  ])('lists again after 410 %s, and reports that events may be lost', async (_, expire) => {
    await using cluster = await FakeCluster.start();
    const changes = watch(cluster.api(), target);
    await next(changes);
    const pending = next(changes);
    await until(() => cluster.watching === 1);
    expire(cluster);
    expect(await pending).toBe('gap expired');
    expect(await next(changes)).toBe('replaced ');
    await changes.return(undefined);
  });

  it('does not loop tightly if the server ends each watch immediately', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(({ query }, response) => {
      if (query.has('watch')) reply(response, 200, {});
      return query.has('watch');
    });
    const stop = new AbortController();
    const changes = watch(cluster.api(stop.signal), target);
    await next(changes);
    const pending = next(changes);
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 400);
    await expect(pending).rejects.toThrow('enough');
    expect(cluster.received.length).toBeLessThan(8);
  });

  it.each([
    ['the signal', 503, 'enough'],
    ['a permanent error', 403, 'Refused'],
  ])('reports an open gap when it ends with %s', async (_, lastAnswer, message) => {
    await using cluster = await FakeCluster.start();
    const stop = new AbortController();
    const changes = watch(cluster.api(stop.signal), target);
    await next(changes);
    const pending = changes.next();
    await until(() => cluster.watching === 1);
    let refused = 0;
    cluster.scripts.push(({ query }, response) => {
      refused += 1;
      refuse(response, refused < 3 ? 503 : lastAnswer, 'Refused');
      return query.has('watch');
    });
    const brokenMs = systemClock.now();
    cluster.breakWatches();
    await until(() => refused === 3);
    const endedMs = systemClock.now();
    if (lastAnswer === 503) stop.abort(new Error('enough'));
    const { gap } = (await pending).value as Extract<WatchChange<Pod>, { type: 'gap' }>;
    expect(gap.fromMs).toBeGreaterThanOrEqual(brokenMs);
    expect(gap.fromMs).toBeLessThan(endedMs);
    expect(gap.toMs).toBeGreaterThan(gap.fromMs + 50);
    await expect(changes.next()).rejects.toThrow(message);
  });

  it('ends with a permanent error', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push((_, response) => {
      refuse(response, 403, 'Forbidden');
      return true;
    });
    await expect(watch(cluster.api(), target).next()).rejects.toMatchObject({ code: 'api-forbidden' });
  });
});
