import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDeployedJob } from './support/deployed-job.js';
import { type Inputs, type Job, probeImage, startJob } from './support/job.js';
import { expectMade, planOf } from './support/plans.js';
import { shortChaos } from './support/short-chaos.js';

const inputsFor = (job: Job, more: Inputs): Inputs => ({
  ...job.onKubeconfig,
  ...shortChaos,
  'max-recovery': '30s',
  ...more,
});

/** Runs an operation twice. */
async function expectPlanned(job: Job, inputs: Inputs): Promise<void> {
  const planned = planOf(job, await job.run({ ...inputs, 'dry-run': 'true' }));
  expectMade(planned, job, await job.run(inputs));
}

/** Those on AKS are in dry-run.test.ts. */
describe('a dry run with a kubeconfig', () => {
  /** A deployment with the default inputs: the rows that change it are the last ones. */
  let deployed: Job;
  beforeAll(async () => {
    deployed = await startDeployedJob();
  });
  afterAll(async () => {
    await deployed[Symbol.asyncDispose]();
  });

  it.each<[string, Inputs]>([
    ['verify', {}],
    ['recover', {}],
    ['collect', {}],
    ['chaos', { experiments: 'baseline' }],
    ['chaos', { experiments: 'drain' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'expect-blocked' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'bypass' }],
    ['chaos', { experiments: 'drain', 'drain-scope': 'all' }],
    ['chaos', { experiments: 'pod-kill', repeat: '2' }],
    ['chaos', { experiments: 'pod-kill', 'probe-image': probeImage }],
    ['chaos', { experiments: 'rolling', 'member-pause': '0s' }],
    ['autoscale', {}],
    ['teardown', {}],
  ])('of %s with %j names only the commands of the operation', async (operation, more) => {
    await expectPlanned(deployed, inputsFor(deployed, { ...more, operation }));
  });

  it.each<[string, Inputs]>([
    ['preflight', {}],
    ['deploy', {}],
    ['deploy', { rest: 'true', 'license-key': 'a-license-key' }],
    ['e2e', { rest: 'true' }],
  ])('of %s with %j on an empty cluster names only the commands of the operation', async (operation, more) => {
    await using job = await startJob();
    await expectPlanned(job, inputsFor(job, { ...more, operation }));
  });

  it.each<[string, Inputs]>([
    ['scale', { 'scale-to': '4,5' }],
    ['chaos', { experiments: 'drain', replicas: '4' }],
    ['chaos', { experiments: 'quorum-loss', rest: 'true' }],
  ])('of %s with %j on another deployment names only the commands of the operation', async (operation, more) => {
    await using job = await startJob();
    const inputs = inputsFor(job, more);
    expect((await job.run({ ...inputs, operation: 'deploy' })).code).toBe(0);
    await expectPlanned(job, { ...inputs, operation });
  });
});
