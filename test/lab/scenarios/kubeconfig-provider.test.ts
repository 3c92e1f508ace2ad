import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLab, type Lab } from '../lab.js';
import { startJob, type Job } from './support/job.js';

describe('provider kubeconfig', () => {
  let lab: Lab;
  let job: Job;

  beforeAll(async () => {
    lab = await startLab();
    job = await startJob(lab, await lab.standaloneCluster('kind'));
  }, 120_000);
  afterAll(async () => {
    await lab.stop();
  }, 60_000);

  it('e2e', async () => {
    const { main, report } = await job.pass({ operation: 'e2e', 'service-type': 'node-port', 'scale-to': '4', hold: '0s' });
    console.log(main.log);
    console.log(report.commands, report.phases.map(({ name, ms }) => [name, ms]));
    expect(main.ms).toBe(0);
  }, 200_000);
});
