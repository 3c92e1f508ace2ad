import { afterEach, beforeEach, jest } from '@jest/globals';
import fs from 'node:fs';

/** Adds what is written to standard output during each test to the text of the returned object. */
export function capturePrinted(): { text: string } {
  const printed = { text: '' };
  beforeEach(() => {
    jest.spyOn(fs, 'writeSync').mockImplementation((_descriptor: number, part: unknown) => {
      const bytes = part as Buffer;
      printed.text += bytes.toString();
      return bytes.length;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return printed;
}
