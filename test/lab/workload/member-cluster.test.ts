import { describe, expect, it } from '@jest/globals';
import { entryOf, memberList } from './fakes.js';
import { createMemberCluster, type MemberCluster, type Seat } from './member-cluster.js';
import { createMessageCache } from './message-cache.js';
import type { Fate } from './message-faults.js';

interface TestSeat extends Seat {
  alive: boolean;
}

function seat(ordinal: number, now: () => number = () => 0): TestSeat {
  const made: TestSeat = {
    listen: entryOf(ordinal),
    cache: createMessageCache(now),
    alive: true,
    isAlive: () => made.alive,
  };
  return made;
}

function clusterOf(seats: readonly Seat[], guaranteed = true): MemberCluster {
  const cluster = createMemberCluster({ members: memberList, seedCount: 3, guaranteed }, () => 0);
  for (const one of seats) cluster.join(one);
  return cluster;
}

function publish(
  cluster: MemberCluster,
  content: string,
  fate: Fate = 'stored',
  subject = '/s',
): ReturnType<MemberCluster['publish']> {
  return cluster.publish({ subject, content, closure: '', cached: true, fate });
}

const contents = ({ cache }: Seat): string[] => cache.read('/s').map(({ content }) => content);

describe('a cluster of members', () => {
  it.each([
    ['all three seeds', [0, 1, 2], true],
    ['two of three seeds', [0, 2], true],
    ['one seed and both other members', [1, 3, 4], false],
    ['one seed', [0], false],
  ])('with %s alive: quorum is %s → %s', (_, ordinals, quorum) => {
    const cluster = clusterOf(ordinals.map(ordinal => seat(ordinal)));
    expect(cluster.hasQuorum()).toBe(quorum);
    expect(publish(cluster, 'm') !== undefined).toBe(quorum);
  });

  it('needs only one member in Standard mode', () => {
    expect(clusterOf([seat(4)], false).hasQuorum()).toBe(true);
  });

  it('excludes a seed as soon as its node loses power, before it left', () => {
    const [a, b, c] = [seat(0), seat(1), seat(2)];
    const cluster = clusterOf([a, b, c]);
    a.alive = false;
    expect(cluster.hasQuorum()).toBe(true);
    b.alive = false;
    expect(publish(cluster, 'm')).toBeUndefined();
  });

  it('replicates to every live member with one epoch and rising sequence numbers', () => {
    const seats = [seat(0), seat(1), seat(2), seat(3)];
    const cluster = clusterOf(seats);
    expect([publish(cluster, 'a'), publish(cluster, 'b')]).toEqual([
      { epoch: 1, seq: 1 },
      { epoch: 1, seq: 2 },
    ]);
    expect(seats.map(contents)).toEqual(Array(4).fill(['a', 'b']));
  });

  it('elects another coordinator and raises the epoch only when the coordinator is lost', () => {
    const seats = [seat(0), seat(1), seat(2)];
    const cluster = clusterOf(seats);
    publish(cluster, 'a');
    const coordinator = cluster.coordinatorOf('/s');
    const bystander = seats.find(one => one !== coordinator);
    if (!coordinator || !bystander) throw new Error('three seats have a coordinator and bystanders');
    cluster.leave(bystander);
    expect(publish(cluster, 'b')).toEqual({ epoch: 1, seq: 2 });
    cluster.join(bystander);
    cluster.leave(coordinator);
    expect(publish(cluster, 'c')).toEqual({ epoch: 2, seq: 1 });
    expect(contents(bystander)).toEqual(['a', 'b', 'c']);
  });

  it('fills the cache of a recovered member from its peers', () => {
    const cluster = clusterOf([seat(0), seat(1)]);
    publish(cluster, 'a');
    const late = seat(2);
    cluster.join(late);
    expect(contents(late)).toEqual(['a']);
  });

  it('loses the history with the last member, and never repeats an epoch', () => {
    const before = [seat(0), seat(1)];
    const cluster = clusterOf(before);
    publish(cluster, 'a');
    for (const one of before) cluster.leave(one);
    const after = [seat(0), seat(1)];
    for (const one of after) cluster.join(one);
    expect(contents(after[0] ?? seat(0))).toEqual([]);
    expect(publish(cluster, 'b')).toEqual({ epoch: 2, seq: 1 });
  });

  it.each<[Fate, string[]]>([
    ['stored', ['a', 'x', 'b', 'c', 'd']],
    ['dropped', ['a', 'b', 'c', 'd']],
    ['duplicated', ['a', 'x', 'x', 'b', 'c', 'd']],
    ['reordered', ['a', 'b', 'c', 'd', 'x']],
  ])('acknowledges a message that is %s', (fate, expected) => {
    const one = seat(0);
    const cluster = clusterOf([one, seat(1)]);
    publish(cluster, 'a');
    expect(publish(cluster, 'x', fate)).toEqual({ epoch: 1, seq: 2 });
    for (const content of ['b', 'c', 'd']) publish(cluster, content);
    expect(contents(one)).toEqual(expected);
  });
});

describe('the cache of a member', () => {
  it('drops messages by age and by number', () => {
    let nowMs = 0;
    const cache = createMessageCache(() => nowMs, { expireMs: 100, messagesPerSubject: 2 });
    for (const content of ['a', 'b', 'c']) {
      cache.append('/s', { content, closure: '', epoch: 1, seq: 1, atMs: nowMs });
      nowMs += 50;
    }
    expect(cache.read('/s').map(({ content }) => content)).toEqual(['b', 'c']);
    nowMs = 170;
    expect(cache.read('/s').map(({ content }) => content)).toEqual(['c']);
  });
});
