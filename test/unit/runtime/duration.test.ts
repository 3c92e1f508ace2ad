import { describe, expect, it } from '@jest/globals';
import { formatDuration } from '../../../src/runtime/duration.js';

describe('formatDuration', () => {
  it.each([
    [-5, '0ms'],
    [0, '0ms'],
    [850.4, '850ms'],
    [1000, '1.0s'],
    [3240, '3.2s'],
    [9949, '9.9s'],
    [9960, '10s'],
    [59_499, '59s'],
    [59_600, '1m 00s'],
    [65_000, '1m 05s'],
    [3_599_600, '1h 00m 00s'],
    [3_725_000, '1h 02m 05s'],
    [90_061_000, '25h 01m 01s'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
