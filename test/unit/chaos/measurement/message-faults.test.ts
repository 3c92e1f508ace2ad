import { describe, expect, it } from '@jest/globals';
import { countHistory, differencesIn } from '../../../bench/message-histories.js';
import { randomOf } from '../../../lab/scenarios/support/random.js';

describe('messages of a server with faults', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('are counted as they were injected, with seed %d', async seed => {
    const history = await countHistory(randomOf(seed));
    expect([differencesIn(history), history.injected.sent]).toEqual([[], history.counted.sent]);
    expect(history.injected.sent).toBeGreaterThan(70);
  });
});
