import { describe, expect, it } from '@jest/globals';
import { readMemoryBytes } from '../../../src/migratorydata/spec.js';

describe('readMemoryBytes', () => {
  it.each([
    ['128MB', 134_217_728],
    ['256Mi', 268_435_456],
    ['1G', 1_000_000_000],
    ['12', 12],
    ['x', undefined],
  ])('returns for %s: %s', (text, bytes) => {
    expect(readMemoryBytes(text)).toBe(bytes);
  });
});
