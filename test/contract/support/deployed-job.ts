import { expect } from '@jest/globals';
import { type Job, startJob } from './job.js';

/** Starts a job whose cluster has a deployment already. */
export async function startDeployedJob(inputs: Readonly<Record<string, string>> = {}): Promise<Job> {
  const job = await startJob();
  const { code } = await job.run({ ...job.onKubeconfig, ...inputs, operation: 'deploy' });
  expect(code).toBe(0);
  return job;
}
