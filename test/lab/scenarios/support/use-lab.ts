import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { startLab, type Lab } from '../../lab.js';
import { hangMs } from './limits.js';

jest.setTimeout(hangMs);

/**
 * Starts a lab before the scenarios of a describe or a file, and stops it after them, also when `prepare` fails or when
 * the last check finds a request to a host other than Azure. Hooks run in the order of their registration: register an
 * `afterAll` that needs the lab before this call.
 * @param prepare gets the lab, and creates what the scenarios share
 */
export function useLab(prepare: (lab: Lab) => void | Promise<void>): void {
  let lab: Lab | undefined;

  beforeAll(async () => {
    lab = await startLab();
    await prepare(lab);
  });

  afterAll(async () => {
    if (lab === undefined) return;
    try {
      expect(lab.azure.refused()).toEqual([]);
    } finally {
      await lab.stop();
    }
  });
}
