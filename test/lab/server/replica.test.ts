import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';

import { randomOf } from '../scenarios/support/random.js';
import type { Fate } from '../workload/message-faults.js';
import { createMessageCache, type MessageCache } from '../workload/message-cache.js';
import { Replica, type ReplicaOptions } from './replica.js';

const subject = '/a/b';

/** Members in one process, on a clock and a network of the test. */
class Members {
  nowMs = 0;
  readonly names: readonly string[];
  readonly #seeds: number;
  readonly #random: () => number;
  readonly #replicas = new Map<string, Replica>();
  readonly #caches = new Map<string, MessageCache>();
  /** Those whose requests and answers do not arrive. */
  readonly cut = new Set<string>();
  readonly lines: string[] = [];
  faults: ReturnType<ReplicaOptions['faults']> = {};

  constructor(seeds: number, others: number, seed = 1) {
    this.names = Array.from({ length: seeds + others }, (_, index) => `m${index}`);
    this.#seeds = seeds;
    this.#random = randomOf(seed);
    this.names.forEach(name => {
      this.restart(name);
    });
  }

  /** Starts a member that has forgotten everything. */
  restart(name: string): void {
    const cache = createMessageCache(() => 0);
    this.#caches.set(name, cache);
    const replica: Replica = new Replica({
      ...{
        self: name,
        members: this.names,
        seedCount: this.#seeds,
        cache,
        now: () => this.nowMs,
        random: this.#random,
      },
      faults: () => this.faults,
      log: line => this.lines.push(`${name}: ${line}`),
      send: async (member, request) => {
        if (this.cut.has(name) || this.cut.has(member)) throw new Error('cut off');
        const answer = await this.#replica(member).answer(request);
        if (this.cut.has(name) || this.cut.has(member) || this.#replica(name) !== replica) throw new Error('cut off');
        return answer;
      },
    });
    this.#replicas.set(name, replica);
  }

  async pass(ms: number): Promise<void> {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; this.nowMs += 25) {
      for (const replica of this.#replicas.values()) replica.tick();
      for (let turns = 0; turns < 4; turns += 1) await turn();
    }
  }

  async publish(name: string, content: string, fate: Fate = 'stored'): Promise<boolean> {
    const result = { isDone: false, isAccepted: false };
    void this.#replica(name)
      .publish({ subject, content, closure: '', cached: true, fate })
      .then(position => Object.assign(result, { isDone: true, isAccepted: position !== undefined }));
    for (let steps = 0; steps < 200 && !result.isDone; steps += 1) await this.pass(25);
    return result.isAccepted;
  }

  contents(name: string): readonly string[] {
    return (
      this.#caches
        .get(name)
        ?.read(subject)
        .map(({ content }) => content) ?? []
    );
  }

  coordinator(): string {
    const elected = this.lines.findLast(line => line.includes('Elected'));
    return elected?.split(':')[0] ?? '';
  }

  #replica(name: string): Replica {
    const replica = this.#replicas.get(name);
    if (replica === undefined) throw new Error(`no member ${name}`);
    return replica;
  }
}

describe('members that keep their messages in memory', () => {
  it('elect a coordinator of the seed members, and have every accepted message', async () => {
    const members = new Members(3, 2);
    await members.pass(6_000);
    expect(['m0', 'm1', 'm2']).toContain(members.coordinator());
    for (const name of members.names) expect(await members.publish(name, name)).toBe(true);
    await members.pass(500);
    for (const name of members.names) expect(members.contents(name)).toEqual(members.names);
  });

  it('accept nothing without a majority of the seed members, whatever the others do', async () => {
    const members = new Members(3, 2);
    await members.pass(6_000);
    members.cut.add('m0').add('m1');
    await members.pass(3_000);
    for (const name of members.names) expect(await members.publish(name, 'lost')).toBe(false);
  });

  it('replace a coordinator that is cut off, which accepts nothing more, and keep what was accepted', async () => {
    const members = new Members(3, 0);
    await members.pass(6_000);
    const former = members.coordinator();
    expect(await members.publish(former, 'first')).toBe(true);
    members.cut.add(former);
    expect(await members.publish(former, 'not accepted')).toBe(false);
    await members.pass(4_000);
    const present = members.coordinator();
    expect(present).not.toBe(former);
    expect(await members.publish(present, 'second')).toBe(true);
    members.cut.clear();
    await members.pass(2_000);
    for (const name of members.names) expect(members.contents(name)).toEqual(['first', 'second']);
  });

  it('drop, double and hold a message that they have acknowledged', async () => {
    const members = new Members(3, 2);
    await members.pass(6_000);
    const fates = ['stored', 'dropped', 'duplicated', 'reordered', 'stored', 'stored', 'stored'] as const;
    for (const [index, fate] of fates.entries()) expect(await members.publish('m4', String(index), fate)).toBe(true);
    await members.pass(500);
    for (const name of members.names) expect(members.contents(name)).toEqual(['0', '2', '2', '4', '5', '6', '3']);
  });

  it('deliver a message that is held when another coordinator takes over', async () => {
    const members = new Members(3, 0);
    await members.pass(6_000);
    const former = members.coordinator();
    expect(await members.publish(former, 'late', 'reordered')).toBe(true);
    members.cut.add(former);
    await members.pass(4_000);
    const present = members.coordinator();
    expect(present).not.toBe(former);
    expect(await members.publish(present, 'second')).toBe(true);
    members.cut.clear();
    await members.pass(500);
    // The clock of the messages that are held is that of the machine.
    for (const content of ['third', 'fourth', 'fifth']) expect(await members.publish(former, content)).toBe(true);
    while (!members.contents(former).includes('late')) await members.pass(25);
    await members.pass(500);
    for (const name of members.names) {
      expect(members.contents(name).toSorted()).toEqual(['fifth', 'fourth', 'late', 'second', 'third']);
    }
  });

  it('lose a message that the coordinator has acknowledged too early, when it ends', async () => {
    const members = new Members(3, 0);
    await members.pass(6_000);
    const former = members.coordinator();
    expect(await members.publish(former, 'first')).toBe(true);
    members.faults = { acknowledgesEarly: true };
    expect(await members.publish(former, 'lost')).toBe(true);
    members.restart(former);
    await members.pass(6_000);
    for (const name of members.names) expect(members.contents(name)).toEqual(['first']);
  });

  it('diverge when one accepts messages without a majority', async () => {
    const members = new Members(3, 0);
    await members.pass(6_000);
    members.faults = { answersWithoutQuorum: true };
    members.cut.add('m0').add('m1').add('m2');
    await members.pass(3_000);
    for (const name of members.names) expect(await members.publish(name, name)).toBe(true);
    for (const name of members.names) expect(members.contents(name)).toEqual([name]);
  });

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'lose no accepted message when one after the other restarts or is cut off, seed %d',
    async seed => {
      const members = new Members(3, 2, seed);
      const random = randomOf(seed);
      const any = (): string => members.names[Math.floor(random() * members.names.length)] ?? '';
      await members.pass(6_000);
      const accepted: string[] = [];
      for (let round = 0; round < 15; round += 1) {
        const victim = any();
        const restarts = random() < 0.5;
        if (restarts) members.restart(victim);
        else members.cut.add(victim);
        for (let message = 0; message < 3; message += 1) {
          const content = `${round}-${message}`;
          if (await members.publish(any(), content)) accepted.push(content);
          await members.pass(random() * 1_500);
        }
        members.cut.clear();
        await members.pass(4_000);
      }
      expect(accepted.length).toBeGreaterThan(20);
      for (const name of members.names) {
        const contents = members.contents(name);
        expect(contents.filter(content => accepted.includes(content))).toEqual(accepted);
      }
    },
  );
});
