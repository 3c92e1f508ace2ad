import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountForMessages, messageIssues } from '../../../../src/chaos/measurement/message-accounting.js';
import type { MessageHistory } from '../../../../src/chaos/measurement/message-history.js';
import { accountSlowly } from './slow-accounting.js';
import { acked, readingAt, someHistory } from './some-history.js';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const sent = upTo(40).map(id => acked(id));
/** Readings of the same messages at each second of a time. */
const readings = (fromMs: number, toMs: number, ids: readonly number[]) =>
  upTo((toMs - fromMs) / 1_000 + 1).map(index => readingAt(fromMs + index * 1_000, ids));
const account = (changes: Partial<MessageHistory>) => accountForMessages(someHistory({ sent, ...changes }));

describe('accountForMessages', () => {
  it('reports no problem for messages that each later reading has', () => {
    expect(account({ readings: [readingAt(4_990, upTo(20)), ...readings(10_100, 12_100, upTo(40))] })).toMatchObject({
      ...{ sent: 40, acked: 40, lost: 0, unchecked: 0, stale: 0, diverged: 0, duplicated: 0, reordered: 0 },
      ...{ unexpected: 0, epochChanges: 0, readings: 4 },
    });
  });

  it('counts messages that vanish with their member although they were read once', () => {
    const later = [...upTo(10), ...upTo(20).map(index => 20 + index)];
    const all = [readingAt(4_990, upTo(20)), readingAt(5_010, upTo(10)), ...readings(10_100, 21_100, later)];
    expect(account({ readings: all })).toMatchObject({ lost: 10, unchecked: 0, stale: 0 });
  });

  it('counts what two members serve half each, for ever, as stale, and as diverged when nothing is sent any more', () => {
    const halves = [upTo(40).filter(id => id % 2 === 0), upTo(40).filter(id => id % 2 === 1)];
    const alternating = upTo(8).map(index => readingAt(10_100 + index * 1_000, halves[index % 2] ?? []));
    expect(account({ readings: alternating })).toMatchObject({ lost: 0, stale: 40, diverged: 0 });
    const rounds = alternating.flatMap(reading => [
      { ...reading, member: 'a', messages: readingAt(0, halves[0] ?? []).messages },
      { ...reading, member: 'b', messages: readingAt(0, halves[1] ?? []).messages },
    ]);
    expect(account({ readings: rounds, quietMs: 10_000 })).toMatchObject({ lost: 0, diverged: 40 });
  });

  it('counts nothing as diverged while a member catches up within two rounds', () => {
    const late = [10, 20, 30].map(id => readingAt(10_000 + id, upTo(30), { member: 'b', round: 1 }));
    const caughtUp = upTo(4).map(index =>
      readingAt(11_000 + index * 1_000, upTo(40), { member: 'b', round: 2 + index }),
    );
    const leader = upTo(5).map(index => readingAt(10_000 + index * 1_000, upTo(40), { member: 'a', round: 1 + index }));
    const all = [...late, ...caughtUp, ...leader].sort((a, b) => a.startedMs - b.startedMs);
    expect(account({ readings: all, quietMs: 10_000 }).diverged).toBe(0);
  });

  it('counts nothing as diverged that one member gets in the third round, and the other one in the fourth', () => {
    const all = upTo(4).flatMap(index => [
      readingAt(10_000 + index * 1_000, upTo(index < 2 ? 39 : 40), { member: 'a', round: 1 + index }),
      readingAt(10_005 + index * 1_000, upTo(index < 3 ? 39 : 40), { member: 'b', round: 1 + index }),
    ]);
    expect(account({ readings: all, quietMs: 10_000 })).toMatchObject({ lost: 0, diverged: 0, stale: 1 });
  });

  it('counts a message once that one reading had after the last one was sent, and that then is lost', () => {
    const seen = readingAt(10_600, upTo(40), { member: 'a', round: 1 });
    const later = upTo(13).map(index => readingAt(10_500 + index * 1_000, upTo(39), { member: 'b', round: 1 + index }));
    expect(account({ readings: [...later.slice(0, 1), seen, ...later.slice(1)], quietMs: 10_000 })).toMatchObject({
      lost: 1,
      diverged: 0,
    });
  });

  it('counts two messages at one position as diverged', () => {
    const other = { ...readingAt(11_100, []), messages: [[0, 39, 1, 0] as const, [77, 1, 1, 39] as const] };
    expect(account({ readings: [readingAt(10_100, upTo(40)), other] })).toMatchObject({ diverged: 1, unexpected: 1 });
  });

  it.each([
    ['two readings lack it', readings(11_100, 22_100, upTo(40)).slice(0, 1), [0, 11]],
    ['less than 10 s passed', [], [0, 3, 6, 9]],
  ])('does not know whether a message is lost when only %s', (_, before, seconds) => {
    const lacking = seconds.map(second => readingAt(12_500 + second * 1_000, upTo(39)));
    const counts = account({ readings: [...before, ...lacking] });
    expect(counts).toMatchObject({ lost: 0, unchecked: 1 });
  });

  it('counts a loss only by readings while all members were Ready', () => {
    const lacking = readings(10_100, 40_100, upTo(39));
    expect(account({ readings: lacking, allReady: [] })).toMatchObject({ lost: 0, unchecked: 1 });
    expect(account({ readings: lacking, allReady: [{ fromMs: 31_000, toMs: 99_000 }] }).lost).toBe(0);
    expect(account({ readings: lacking, allReady: [{ fromMs: 30_000, toMs: 99_000 }] }).lost).toBe(1);
  });

  it('does not expect what the servers may have dropped, by time or by number', () => {
    const lacking = readings(10_100, 30_100, upTo(40).slice(20));
    const seen = readingAt(5_100, upTo(20));
    expect(account({ readings: [seen, ...lacking], reach: { timeMs: 5_000, messages: 648 } }).lost).toBe(0);
    expect(account({ readings: [seen, ...lacking], reach: { timeMs: 162_000, messages: 20 } }).lost).toBe(0);
    expect(account({ readings: [seen, ...lacking], reach: { timeMs: 162_000, messages: 21 } }).lost).toBe(1);
  });

  it('does not know of a message that no reading could show until the end', () => {
    const counts = account({ readings: readings(5_100, 5_100, upTo(20)), endMs: 60_000 });
    expect(counts).toMatchObject({ lost: 0, unchecked: 40 });
    expect(messageIssues(counts, someHistory({}))).toEqual([
      expect.stringMatching(/^it is unknown whether 40 accepted messages are lost: .*the last 162 s, and at most 648/),
    ]);
    expect(messageIssues({ readings: 0, unchecked: 40 }, someHistory({}))).toEqual([
      'no reading of messages succeeded',
    ]);
  });

  it('counts unclear messages that were read, and never as lost', () => {
    const unclear = { ...acked(40), outcome: 'unclear' } as const;
    const refused = { ...acked(41), outcome: 'refused' } as const;
    const all = [...sent, unclear, refused];
    expect(account({ sent: all, readings: readings(11_100, 22_100, upTo(41)) })).toMatchObject({
      ...{ acked: 40, unclear: 1, refused: 1, recovered: 1, lost: 0, unchecked: 0 },
    });
    expect(account({ sent: all, readings: readings(11_100, 22_100, upTo(40)) })).toMatchObject({
      recovered: 0,
      lost: 0,
    });
  });

  it('counts a duplicated message once, and only within one reading', () => {
    const all = [readingAt(10_100, [0, 1, 1, 1]), readingAt(11_100, [0, 1, 1]), readingAt(12_100, upTo(40))];
    expect(account({ readings: all })).toMatchObject({ duplicated: 1, reordered: 0 });
  });

  it('counts as reordered a message that follows one that was sent after its acceptance', () => {
    expect(account({ readings: [readingAt(10_100, [0, 2, 1, 3])] })).toMatchObject({ reordered: 1 });
    const together = [{ ...acked(0), endedMs: 500 }, acked(1)];
    expect(account({ sent: together, readings: [readingAt(10_100, [1, 0])] })).toMatchObject({ reordered: 0 });
  });

  it('counts epochs', () => {
    const second = { ...readingAt(11_100, []), messages: [[20, 20, 2, 0] as const] };
    expect(account({ readings: [readingAt(10_100, upTo(20)), second] }).epochChanges).toBe(1);
  });

  it('agrees with a slow computation of its definitions, for any history', () => {
    const message = fc.record({
      outcome: fc.constantFrom('acked', 'acked', 'acked', 'refused', 'unclear'),
      delayMs: fc.constantFrom(10, 500, 4_000),
    });
    const reading = fc.record({
      startedMs: fc.integer({ min: 0, max: 30 }).map(second => second * 1_000),
      tookMs: fc.constantFrom(5, 2_500),
      member: fc.constantFrom('', 'a', 'b'),
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 12 }),
    });
    const anyHistory = fc.record({
      messages: fc.array(message, { minLength: 1, maxLength: 12 }),
      read: fc.array(reading, { maxLength: 30 }),
      reach: fc.record({ timeMs: fc.constantFrom(2_000, 12_000, 60_000), messages: fc.constantFrom(2, 6, 100) }),
      ready: fc.constantFrom(
        [],
        [{ fromMs: 0, toMs: 1e9 }],
        [
          { fromMs: 4_000, toMs: 9_000 },
          { fromMs: 15_000, toMs: 1e9 },
        ],
      ),
      quietMs: fc.constantFrom(0, 6_000, 20_000),
      endMs: fc.constantFrom(33_000, 60_000),
    });
    fc.assert(
      fc.property(anyHistory, ({ messages, read, reach, ready, quietMs, endMs }) => {
        const history: MessageHistory = {
          ...{ deliveryMode: 'Guaranteed', reach, allReady: ready, quietMs, endMs },
          sent: messages.map(({ outcome, delayMs }, id) => {
            return { id, sentMs: id * 1_000, endedMs: id * 1_000 + delayMs, outcome };
          }),
          readings: read
            .map(({ startedMs, tookMs, member, ids }) =>
              readingAt(startedMs, ids, { member, endedMs: startedMs + tookMs }),
            )
            .sort((a, b) => a.startedMs - b.startedMs),
        };
        expect(accountForMessages(history)).toMatchObject(accountSlowly(history));
      }),
      { numRuns: 2_000 },
    );
  });
});
