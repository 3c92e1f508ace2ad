import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  accountForMessages,
  type Reading,
  type SentMessage,
} from '../../../../src/chaos/measurement/message-accounting.js';

const acked = (n: number): SentMessage => ({ content: `m${n}`, sentMs: n * 10, outcome: 'acked', ackedMs: n * 10 + 5 });
const sent = [0, 1, 2, 3].map(acked);
const reading = (...numbers: readonly number[]) => numbers.map(n => ({ content: `m${n}`, epoch: 1 }));

/** A last reading that starts after everything else. */
const classify = (messages: readonly SentMessage[], readings: readonly Reading[]) =>
  accountForMessages(messages, readings, Infinity);

describe('accountForMessages', () => {
  it('reports no problem for messages that were read in the order of sending', () => {
    expect(classify(sent, [reading(0, 1), reading(0, 1, 2, 3)])).toMatchObject({
      ...{ sent: 4, acked: 4, lost: 0, duplicated: 0, reordered: 0, unexpected: 0, epochChanges: 0, readings: 2 },
    });
  });

  it('counts as lost only accepted messages that no consumer read', () => {
    const unclear: SentMessage = { content: 'm8', sentMs: 80, outcome: 'unclear' };
    const refused: SentMessage = { content: 'm9', sentMs: 90, outcome: 'refused' };
    const fate = classify([...sent, unclear, refused], [reading(0, 1), reading(0, 3)]);
    expect(fate).toMatchObject({ acked: 4, unclear: 1, refused: 1, lost: 1, recovered: 0 });
  });

  it('does not count as lost a message without a later reading', () => {
    expect(accountForMessages(sent, [reading(0)], 20)).toMatchObject({ acked: 4, lost: 1, unchecked: 2 });
  });

  it('counts unclear messages that were read, and messages that nobody sent', () => {
    const unclear: SentMessage = { content: 'm8', sentMs: 80, outcome: 'unclear' };
    expect(classify([unclear], [reading(8, 77)])).toMatchObject({ recovered: 1, unexpected: 1, lost: 0 });
  });

  it('counts a duplicated message once, and only within one reading', () => {
    const readings = [reading(0, 1, 1, 1), reading(0, 1, 1), reading(2, 3)];
    expect(classify(sent, readings)).toMatchObject({ duplicated: 1, reordered: 0 });
  });

  it('counts as reordered a message that follows one that was sent after its acceptance', () => {
    expect(classify(sent, [reading(0, 2, 1, 3)])).toMatchObject({ reordered: 1 });
    const together: SentMessage[] = [
      { content: 'm0', sentMs: 0, outcome: 'acked', ackedMs: 50 },
      { content: 'm1', sentMs: 10, outcome: 'acked', ackedMs: 20 },
    ];
    expect(classify(together, [reading(1, 0)])).toMatchObject({ reordered: 0 });
  });

  it('counts epochs', () => {
    const [first, second] = [reading(0, 1), reading(2, 3).map(message => ({ ...message, epoch: 2 }))];
    expect(classify(sent, [first, second]).epochChanges).toBe(1);
  });

  it('counts any set of losses, duplicates and non-overlapping swaps of neighbours', () => {
    const fates = fc.array(fc.constantFrom('kept', 'lost', 'twice'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fates, all => {
        const messages = all.map((_, index) => acked(index));
        const read = all.flatMap((fate, index) =>
          fate === 'lost' ? [] : reading(...(fate === 'twice' ? [index, index] : [index])),
        );
        const found = classify(messages, [read]);
        const count = (wanted: string): number => all.filter(fate => fate === wanted).length;
        expect([found.lost, found.duplicated, found.reordered]).toEqual([count('lost'), count('twice'), 0]);
      }),
    );
  });
});
