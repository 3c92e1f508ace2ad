import { describe, expect, it } from '@jest/globals';
import {
  contentOf,
  createNumbering,
  messagesIn,
  reachOf,
  readHistory,
  toRuns,
  writeHistory,
} from '../../../../src/chaos/measurement/message-history.js';
import { acked, readingAt, someHistory } from './some-history.js';

describe('a history of messages', () => {
  it('is the same after it was written and read', () => {
    const sent = [acked(0), { ...acked(1), outcome: 'unclear' } as const];
    const readings = [readingAt(1_000, [0, 1]), readingAt(2_000, [1, 0], { member: 'migratorydata-2', round: 7 })];
    const history = someHistory({ sent, readings, allReady: [{ fromMs: 0, toMs: 5_000 }] });
    const text = writeHistory(history);
    expect(readHistory(text)).toEqual(history);
    expect(text.split('\n')).toHaveLength(1 + 2 + 2 + 1);
  });

  it.each(['', '{"format":2}', '{"sent":[]}'])('is refused in another format: %s', text => {
    expect(() => readHistory(text)).toThrow('no history of messages in format 1');
  });

  it('has one run for consecutive messages, and keeps order, repetitions and epochs', () => {
    const read = [0, 1, 2, 2, 5, 6].map((id, seq) => ({ content: contentOf(id), epoch: seq < 5 ? 1 : 2, seq }));
    const runs = toRuns(read, createNumbering());
    expect(runs).toEqual([
      [0, 3, 1, 0],
      [2, 1, 1, 3],
      [5, 1, 1, 4],
      [6, 1, 2, 5],
    ]);
    expect([...messagesIn({ messages: runs })].map(({ id, epoch, seq }) => [contentOf(id), epoch, seq])).toEqual(
      read.map(({ content, epoch, seq }) => [content, epoch, seq]),
    );
  });

  it('numbers contents that nobody sent differently', () => {
    const idOf = createNumbering();
    expect(['message-7', 'message-07', 'x', 'message-07', 'message-'].map(idOf)).toEqual([7, -1, -2, -1, -3]);
  });

  it('reaches back as far as the servers keep messages, less a margin', () => {
    expect(reachOf({ seconds: 180, messages: 1_000 }, 720)).toEqual({ timeMs: 162_000, messages: 648 });
    expect(reachOf({ seconds: 10, messages: 5 }, 720)).toEqual({ timeMs: 9_000, messages: 4 });
  });
});
