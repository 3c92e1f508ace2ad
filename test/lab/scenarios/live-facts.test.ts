import { describe, expect, it } from '@jest/globals';
import { experimentOf, expectReverted } from './support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { errorOf, notesOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

/** One deployment on a cluster like kind, and the steps after it, which do not repeat how it was made. */
describe('a deployment with node ports and REST', () => {
  let job: KubeconfigJob;

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    const { main } = await job.pass({ operation: 'deploy', 'service-type': 'node-port', rest: 'true' });
    expect(main.outputs['url']).toMatch(/:3\d{4}$/);
  });

  it('is scaled, and each step is confirmed by a message', async () => {
    const step = await job.pass({ operation: 'scale', 'scale-to': '4' });
    expect(notesOf(step)).toContainEqual(expect.stringMatching(/^A message was accepted in /));
    expect(step.main.outputs).toMatchObject({ 'ready-members': '4' });
  });

  it('is verified at its node port, with a message', async () => {
    const step = await job.pass({ operation: 'verify' });
    expect(step.main.outputs['url']).toMatch(/:3\d{4}$/);
    expect(notesOf(step)).toContainEqual(expect.stringMatching(/^A message was accepted in /));
  });

  it('is broken, and its messages are counted', async () => {
    const step = await job.pass({ operation: 'chaos', experiments: 'pod-kill', steady: '1s', ...generousLimits });
    expect(experimentOf(step)).toMatchObject({ verdict: 'pass', measurement: { messages: { lost: 0 } } });
    await expectReverted(job.cluster, job.objects, 'migratory', 4);
  });

  it('is not what a step says that was told something else', async () => {
    const { main } = await job.fail({ operation: 'verify', 'service-type': 'public', rest: 'true' });
    expect(main.outputs['error-code']).toBe('deployment-differs');
    expect(errorOf({ main })).toContain('service-type is node-port and not public');
  });

  it('is recovered and torn down', async () => {
    expect((await job.pass({ operation: 'recover' })).main.outputs['changed']).toBe('false');
    expect((await job.pass({ operation: 'teardown' })).main.outputs['deleted']).toBe('true');
    await job.objects.untilNamespaceGone('migratory');
  });
});
