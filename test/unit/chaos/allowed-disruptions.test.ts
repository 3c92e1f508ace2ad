import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readRecountedDisruptions } from '../../../src/chaos/experiment-context.js';
import { ManualClock } from '../fakes.js';
import { FakeCluster, once, reply } from '../kubernetes/fake-cluster.js';

const budgets = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets';

/** Returns a budget of four members of which three must stay. */
function budget(disruptionsAllowed: number, currentHealthy: number, expectedPods = 4): { metadata: { name: string } } {
  const status = { disruptionsAllowed, currentHealthy, desiredHealthy: 3, expectedPods };
  return { metadata: { name: 'pdb' }, ...{ spec: {}, status } };
}

const read = async (cluster: FakeCluster): Promise<readonly [number | undefined, number]> => {
  const clock = new ManualClock();
  const api = cluster.api(new AbortController().signal, clock);
  return [await readRecountedDisruptions(api, 'ns', 'pdb', 4), clock.now()];
};

describe('readRecountedDisruptions', () => {
  it.each([
    ['an eviction that is not counted yet', budget(0, 4)],
    ['a new pod that is not counted yet', budget(0, 3)],
    ['a new pod that is not known yet', budget(0, 3, 3)],
  ])('waits for %s', async (_, first) => {
    await using cluster = await FakeCluster.start();
    cluster.put(budgets, budget(1, 4));
    const answer = (response: ServerResponse): void => {
      reply(response, 200, first);
    };
    cluster.scripts.push(once(({ path }) => path === `${budgets}/pdb`, answer));
    expect(await read(cluster)).toEqual([1, 250]);
  });

  it('returns what the budget says when it is not counted again within 5 s', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(budgets, budget(0, 3));
    expect(await read(cluster)).toEqual([0, 5_000]);
  });

  it('returns undefined without a budget', async () => {
    await using cluster = await FakeCluster.start();
    expect(await read(cluster)).toEqual([undefined, 0]);
  });
});
