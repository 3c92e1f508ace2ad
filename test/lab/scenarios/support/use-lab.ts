import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { startLab, type Lab, type SimulatedCluster } from '../../lab.js';
import { hangMs } from './limits.js';
import { printRequestsOfFailures } from './print-requests.js';

jest.setTimeout(hangMs);

/** Starts a lab with simulated nodes around the scenarios: see {@link useStarted}. */
export function useLab(prepare: (lab: Lab<SimulatedCluster>) => void | Promise<void>): void {
  useStarted(startLab, prepare);
}

/**
 * Starts a lab before the scenarios of a describe or a file, and stops it after them, also when `prepare` fails or when
 * the last check finds a request to a host other than Azure. Hooks run in the order of their registration: register an
 * `afterAll` that needs the lab before this call.
 * @param prepare gets the lab, and creates what the scenarios share
 */
export function useStarted<Started extends Lab>(
  start: () => Promise<Started>,
  prepare: (lab: Started) => void | Promise<void>,
): void {
  let lab: Started | undefined;

  beforeAll(async () => {
    lab = await start();
    await prepare(lab);
  });

  printRequestsOfFailures();
  afterAll(async () => {
    if (lab === undefined) return;
    try {
      expect(lab.azure.refused()).toEqual([]);
    } finally {
      await lab.stop();
    }
  });
}
