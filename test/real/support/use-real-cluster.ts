import { afterAll, beforeAll, jest } from '@jest/globals';

import { type Lab, startLab } from '../../lab/lab.js';
import { hangMs } from '../../lab/scenarios/support/limits.js';
import { printRequestsOfFailures } from '../../lab/scenarios/support/print-requests.js';
import { type RealJob, startRealJob } from './real-job.js';

export type { RealJob } from './real-job.js';

/**
 * Starts a cluster of real nodes before the tests of a describe, and stops it after them.
 * @param prepare gets the job, and deploys what the tests share
 */
export function useRealCluster(nodes: number, prepare: (job: RealJob) => void | Promise<void>): void {
  let lab: Lab | undefined;
  let job: RealJob | undefined;
  jest.setTimeout(hangMs);

  beforeAll(async () => {
    lab = await startLab();
    job = await startRealJob(lab, nodes);
    await prepare(job);
  });

  printRequestsOfFailures();
  afterAll(async () => {
    await job?.cluster.stop();
    await lab?.stop();
  });
}
