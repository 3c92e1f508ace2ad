import { describe, expect, it } from '@jest/globals';
import { ActionError } from '../../../../src/errors/action-error.js';
import { found, missing, observe, type Observation } from '../../../../src/kubernetes/informer/observer.js';
import { FakeCluster, refuse } from '../fake-cluster.js';
import { podOf, pods, setOf, statefulSets } from '../samples.js';

const targets = [
  { kind: 'Pod', namespace: 'ns' },
  { kind: 'StatefulSet', namespace: 'ns' },
] as const;
const wait = { timeoutMs: 5_000, onTimeout: (last: string) => new ActionError('rollout-timeout', last) };
const podCount = (view: Observation): number => view.all('Pod').length;

describe('observer', () => {
  it('checks first when all kinds have been listed, then immediately at every change', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(2));
    const observer = observe(cluster.api(), targets);
    const seen: string[] = [];
    const looks: number[] = [];
    const result = observer.until(
      view => {
        expect(view.find('StatefulSet', 'migratorydata')?.spec.replicas).toBe(2);
        looks.push(podCount(view));
        return podCount(view) === 2 ? found('both') : missing(`${podCount(view)} of 2`);
      },
      { ...wait, progress: text => seen.push(text) },
    );
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(pods, podOf(0));
    while (!seen.includes('1 of 2')) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(pods, podOf(1));
    expect(await result).toBe('both');
    expect(seen).toEqual(['0 of 2', '1 of 2']);
    expect(looks.at(-1)).toBe(2);
    observer.close();
  });

  it('reports what was missing last at the timeout', async () => {
    await using cluster = await FakeCluster.start();
    const observer = observe(cluster.api(), targets);
    const result = observer.until(() => missing('2 of 3 are Ready'), { ...wait, timeoutMs: 1_000 });
    await expect(result).rejects.toMatchObject({ code: 'rollout-timeout', message: '2 of 3 are Ready' });
    observer.close();
  });

  it('reports that the API is unreachable, not what was missing last, if it does not respond at the timeout', async () => {
    await using cluster = await FakeCluster.start();
    const observer = observe(cluster.api(), targets);
    const result = observer.until(() => missing('2 of 3 are Ready'), { ...wait, timeoutMs: 2_000 });
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.scripts.push((_, response) => {
      response.writeHead(502).end('dial tcp 127.0.0.1:6443: connect: connection refused');
      return true;
    });
    await expect(result).rejects.toMatchObject({ code: 'api-unreachable' });
    observer.close();
  });

  it('checks again after the requested time, even if nothing has changed', async () => {
    await using cluster = await FakeCluster.start();
    const observer = observe(cluster.api(), targets);
    let looks = 0;
    const result = await observer.until(() => (++looks < 3 ? missing('wait', 10) : found('done')), wait);
    expect(result).toBe('done');
    observer.close();
  });

  it('rejects with the error of a check, the error that ends a watch, and the reason of an abort', async () => {
    await using cluster = await FakeCluster.start();
    const stop = new AbortController();
    const api = cluster.api(stop.signal);
    const thrower = observe(api, targets);
    const thrown = thrower.until(() => {
      throw new ActionError('crash-loop', 'it crashes');
    }, wait);
    await expect(thrown).rejects.toMatchObject({ code: 'crash-loop' });
    thrower.close();
    const pending = observe(api, targets).until(() => missing('forever'), wait);
    setTimeout(() => {
      stop.abort(new Error('cancelled'));
    }, 20);
    await expect(pending).rejects.toThrow('cancelled');
    cluster.scripts.push((_, response) => {
      refuse(response, 403, 'Forbidden');
      return true;
    });
    const refused = observe(cluster.api(), targets).until(() => missing('forever'), wait);
    await expect(refused).rejects.toMatchObject({ code: 'api-forbidden' });
  });

  it('removes objects that a new list does not contain, and reports the gap', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(pods, podOf(0));
    const gaps: string[] = [];
    const observer = observe(cluster.api(), targets, gap => gaps.push(gap.reason));
    await observer.until(view => (podCount(view) === 1 ? found(0) : missing('no pod')), wait);
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    const gone = observer.until(view => (podCount(view) === 0 ? found(0) : missing('a pod')), wait);
    const watching = cluster.received.length;
    cluster.breakWatches({ kind: 'Status', code: 410, message: 'too old' });
    cluster.delete(`${pods}/migratorydata-0`);
    await gone;
    expect(cluster.received.length).toBeGreaterThan(watching);
    expect(gaps).toContain('expired');
    observer.close();
  });
});
