import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../wait.js';
import { entryOf, someOptions, somePod } from './fakes.js';
import { createMemberBench, type MemberBench } from './member-bench.js';

let bench: MemberBench;
beforeEach(() => {
  bench = createMemberBench();
});
afterEach(() => bench.members.stop());

describe('a member with another configuration', () => {
  it.each([
    ['is not in the list', { ClusterMembers: 'a:8801,b:8801,c:8801' }, /is not in ClusterMembers/],
    ['has a name of another Service', listening('other'), /does not resolve to this pod/],
    ['has no list', { ClusterMembers: '' }, /no ClusterMembers/],
  ])('stays alone when it %s', async (_, extra, reason) => {
    await bench.start(0, 1);
    bench.cluster.put(somePod({ ordinal: 2, options: someOptions(extra) }));
    await waitUntil(() => bench.members.list().length === 3, 'it runs');
    expect(bench.members.get('migratorydata-2').refusal).toMatch(reason);
    expect(bench.logOf('migratorydata-2')).toMatch(reason);
    expect(await bench.produce('migratorydata-2', 'm')).toBe('FAILED');
    expect(await bench.produce('migratorydata-0', 'm')).toBe('OK');
  });

  it('does not join members with another list, so that a rolling change loses the quorum in the middle', async () => {
    await bench.start(0, 1, 2);
    const longer = someOptions({ ClusterMembers: [0, 1, 2, 3, 4, 5].map(entryOf).join(',') });
    const change = async (ordinal: number): Promise<void> => {
      bench.cluster.put(somePod({ ordinal, uid: `new-${ordinal}`, options: longer }));
      await waitUntil(() => bench.members.find(`new-${ordinal}`) !== undefined, 'the new member runs');
    };
    await change(2);
    expect([await bench.produce('migratorydata-0', 'a'), await bench.produce('migratorydata-2', 'a')]).toEqual([
      'OK',
      'FAILED',
    ]);
    await change(1);
    expect([await bench.produce('migratorydata-0', 'b'), await bench.produce('migratorydata-2', 'b')]).toEqual([
      'FAILED',
      'OK',
    ]);
    expect(await bench.history('migratorydata-1')).toEqual(['b']);
  });

  it('finds no other member without the headless Service', async () => {
    bench.cluster.serviceList.length = 0;
    await bench.start(0);
    expect(bench.members.get('migratorydata-0').refusal).toMatch(/no headless Service/);
  });
});

function listening(service: string): Record<string, string> {
  const entry = `migratorydata-2.${service}.migratory.svc.cluster.local:8801`;
  return { ClusterMemberListen: entry, ClusterMembers: `${entryOf(0)},${entryOf(1)},${entry}` };
}
