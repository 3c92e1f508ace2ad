import { afterAll, afterEach } from '@jest/globals';
import { recentRequests } from '../../cluster/audit.js';
import { failureMark } from '../../failure-mark.js';

/**
 * Prints the latest requests to the control planes after a test that has failed, or when the preparation has: what others
 * did in the cluster. Call it before the hook that ends the lab.
 */
export function printRequestsOfFailures(): void {
  const variables = globalThis as Record<string, unknown>;
  const print = async (): Promise<void> => {
    if (variables[failureMark] !== true) return;
    variables[failureMark] = false;
    console.error(await recentRequests());
  };
  afterEach(print);
  afterAll(print);
}
