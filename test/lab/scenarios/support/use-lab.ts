import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { startLab, type Lab } from '../../lab.js';
import { hangMs } from './limits.js';

jest.setTimeout(hangMs);

/**
 * A lab for the scenarios of a describe or of a file: started before them and stopped after them, also when `prepare`
 * or the last look fails, which is whether somebody was asked who is not Azure. Hooks run in the order in which they
 * are registered: an `afterAll` that needs the lab stands before the call.
 * @param prepare is given the lab, and makes what the scenarios have in common
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
