import { describe, it } from '@jest/globals';
import { type Inputs, probeImage, startJob } from './support/job.js';
import { expectMade, planOf } from './support/plans.js';
import { shortChaos } from './support/short-chaos.js';

/** Each row runs an operation twice; those on AKS are in dry-run.test.ts. */
describe('a dry run with a kubeconfig', () => {
  it.each<[string, Inputs]>([
    ['preflight', {}],
    ['deploy', {}],
    ['deploy', { rest: 'true', 'license-key': 'a-license-key' }],
    ['verify', {}],
    ['scale', { 'scale-to': '4,5' }],
    ['autoscale', {}],
    ['recover', {}],
    ['collect', {}],
    ['teardown', {}],
    ['chaos', { experiments: 'baseline' }],
    ['chaos', { experiments: 'drain' }],
    ['chaos', { experiments: 'drain', replicas: '4' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'expect-blocked' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'bypass' }],
    ['chaos', { experiments: 'drain', 'drain-scope': 'all' }],
    ['chaos', { experiments: 'pod-kill', repeat: '2' }],
    ['chaos', { experiments: 'pod-kill', 'probe-image': probeImage }],
    ['chaos', { experiments: 'rolling', 'member-pause': '0s' }],
    ['chaos', { experiments: 'quorum-loss', rest: 'true' }],
    ['e2e', { rest: 'true' }],
  ])('of %s with %j names only the commands of the operation', async (operation, more) => {
    await using job = await startJob();
    const inputs = {
      ...job.onKubeconfig,
      ...shortChaos,
      'max-recovery': '30s',
      ...more,
    };
    if (!['preflight', 'deploy', 'e2e'].includes(operation)) await job.run({ ...inputs, operation: 'deploy' });
    const planned = planOf(job, await job.run({ ...inputs, operation, 'dry-run': 'true' }));
    expectMade(planned, job, await job.run({ ...inputs, operation }));
  });
});
