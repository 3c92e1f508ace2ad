import { afterEach, beforeEach, jest } from '@jest/globals';

/** Adds what is written to standard output during each test to the text of the returned object. */
export function capturePrinted(): { text: string } {
  const printed = { text: '' };
  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockImplementation(part => {
      printed.text += String(part);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return printed;
}
