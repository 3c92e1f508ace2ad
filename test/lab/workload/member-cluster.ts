import { createHeldMessages } from './held-messages.js';
import type { Message, MessageCache } from './message-cache.js';
import type { Fate } from './message-faults.js';

/** The place of a member in its cluster. */
export interface Seat {
  /** Its entry of ClusterMembers. */
  readonly listen: string;
  readonly cache: MessageCache;
  /** Returns false as soon as the node of the member has no power, before any other component notices. */
  isAlive(): boolean;
}

export interface ClusterTopology {
  readonly members: readonly string[];
  readonly seedCount: number;
  readonly guaranteed: boolean;
}

export interface Publication {
  readonly subject: string;
  readonly content: string;
  readonly closure: string;
  /** False: delivered only to current subscribers, and not remembered (qos standard, retained false). */
  readonly cached: boolean;
  readonly fate: Fate;
}

export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export interface MemberCluster {
  /** Adds a seat, and fills its cache from a live peer. */
  join(seat: Seat): void;
  leave(seat: Seat): void;
  live(): readonly Seat[];
  hasQuorum(): boolean;
  /** Returns the seat that currently numbers the messages of the subject, if any. */
  coordinatorOf(subject: string): Seat | undefined;
  /** Numbers a message and delivers it to every live member. Returns undefined without quorum. */
  publish(publication: Publication): Position | undefined;
}

interface Coordination {
  seat: Seat;
  epoch: number;
  seq: number;
}

/**
 * Members that share one configuration. In Guaranteed mode a majority of the seeds (the first entries of the list) must
 * live; in Standard mode one member is enough. Each subject has a coordinator; when it is lost, another is elected and
 * the epoch of the subject rises. Only the epochs outlive the last member; they never repeat.
 * https://migratorydata.com/docs/get-started/concepts/clustering
 */
export function createMemberCluster(topology: ClusterTopology, now: () => number): MemberCluster {
  const seats = new Set<Seat>();
  const coordinations = new Map<string, Coordination>();
  const held = createHeldMessages();
  const seeds = topology.members.slice(0, topology.seedCount);

  const live = (): readonly Seat[] =>
    [...seats]
      .filter(seat => seat.isAlive())
      .sort((a, b) => topology.members.indexOf(a.listen) - topology.members.indexOf(b.listen));
  const voters = (): readonly Seat[] => live().filter(({ listen }) => !topology.guaranteed || seeds.includes(listen));
  const hasQuorum = (): boolean => voters().length >= (topology.guaranteed ? Math.floor(seeds.length / 2) + 1 : 1);

  const elect = (subject: string): Coordination => {
    const current = coordinations.get(subject);
    if (current && seats.has(current.seat) && current.seat.isAlive()) return current;
    const candidates = voters();
    const seat = candidates[hashOf(subject) % candidates.length];
    if (!seat) throw new Error('an election needs a voter; ask for the quorum first');
    const elected = { seat, epoch: (current?.epoch ?? 0) + 1, seq: 0 };
    coordinations.set(subject, elected);
    return elected;
  };

  return {
    join(seat) {
      const peer = live().find(other => other !== seat);
      if (peer) seat.cache.copyFrom(peer.cache);
      seats.add(seat);
    },
    leave(seat) {
      seats.delete(seat);
      if (seats.size === 0) held.clear();
    },
    live,
    hasQuorum,
    coordinatorOf: subject => coordinations.get(subject)?.seat,
    publish({ subject, content, closure, cached, fate }) {
      if (!hasQuorum()) return undefined;
      const coordination = elect(subject);
      coordination.seq += 1;
      const { epoch, seq } = coordination;
      const message: Message = { content, closure, epoch, seq, atMs: now() };
      const deliver = (): void => {
        for (const { cache } of live()) cache.append(subject, message);
      };
      if (!cached) return { epoch, seq };
      const copies = { stored: 1, duplicated: 2, dropped: 0, reordered: 0 }[fate];
      for (let copy = 0; copy < copies; copy += 1) deliver();
      if (copies > 0) held.overtake();
      if (fate === 'reordered') held.hold(deliver);
      return { epoch, seq };
    },
  };
}

/** FNV-1a: spreads subjects over coordinators, the same in every run. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
