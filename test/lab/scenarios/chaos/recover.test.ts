import { describe, expect, it } from '@jest/globals';
import { expectNothingLeft, expectReverted } from '../support/chaos.js';
import { drain, type DyingDrain, namespace, startDyingDrain } from '../support/dying-drain.js';
import type { KubeconfigJob } from '../support/kubeconfig-job.js';
import { leftoversOf } from '../support/leftovers.js';
import { errorOf, notesOf, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

/** A runner is lost at any moment of an experiment, and another one reverts the experiment. */
describe('a runner that is lost during an experiment', () => {
  let job: KubeconfigJob;
  let rescuer: Steps;
  let stranger: Steps;
  let killWhen: DyingDrain['killWhen'];
  let killAtChange: DyingDrain['killAtChange'];

  useLab(async lab => {
    ({ job, rescuer, stranger, killWhen, killAtChange } = await startDyingDrain(lab));
  });

  // Of about 25: two Leases, revert record, three nodes, autoscaler, cordon, an additional member, eviction, and the revert;
  // the record is confirmed before each of them.
  // The bench `kills` kills at random ones, and at random moments.
  it.each([3, 6, 9, 12, 17])('leaves nothing behind at change %d', async change => {
    expect(await killAtChange(change)).toBe(true);
    await rescuer.pass({ operation: 'recover' });
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
    expect((await job.objects.autoscaler(namespace)).spec).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
  });

  it('is recovered by the next operation as well', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    expect(await leftoversOf(job.cluster, namespace)).toContain('migratorydata-aks-mark');
    const next = await job.pass({ operation: 'scale', 'scale-to': '3', 'service-type': 'node-port' });
    expect(notesOf(next).join('\n')).toContain('Experiment drain of acme/shop/4711/check-0');
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is declared dead by another run after a minute and a half', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    const recovered = await stranger.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is not interrupted while it lives, and no other operation starts', async () => {
    const living = await job.start({ ...drain, hold: '5m', 'max-recovery': '10m' });
    await living.logged('The fault is held');
    // Each checks for some time whether the holder renews its Lease.
    const refused = await Promise.all([
      stranger.fail({ operation: 'recover' }),
      stranger.fail({ operation: 'deploy', 'service-type': 'node-port' }),
      stranger.fail({ operation: 'teardown' }),
    ]);
    expect(refused.map(({ main }) => main.outputs['error-code'])).toEqual(['locked', 'locked', 'locked']);
    expect(errorOf(refused[0])).toContain('Another run holds the lock on namespace migratory: acme/shop/4711/check-0');
    expect(await job.objects.cordoned()).toHaveLength(1);
    living.cancel();
    await living.ended;
    await living.post();
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('leaves nothing to do for a second recover', async () => {
    const idle = await rescuer.pass({ operation: 'recover' });
    expect(idle.main.outputs['changed']).toBe('false');
    expect(notesOf(idle).join('\n')).toContain('has no experiment to revert');
  });

  it('is recovered before teardown deletes its deployment with the revert record', async () => {
    await killWhen(step => step.logged('The budget allows 0').then(() => true));
    expect(await job.objects.cordoned()).toHaveLength(1);
    const deleted = await rescuer.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    expect(deleted.main.outputs['deleted']).toBe('true');
    expect(notesOf(deleted).join('\n')).toContain('Experiment drain was reverted.');
    expect(await job.objects.cordoned()).toEqual([]);
    await expectNothingLeft(job.cluster, namespace);
  });

  it('is recovered from the copy of the revert record when the namespace is deleted', async () => {
    await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
    await killWhen(step => step.logged('The budget allows').then(() => true));
    await job.cluster.api.request('DELETE', `/api/v1/namespaces/${namespace}`);
    await job.objects.untilNamespaceGone(namespace);
    expect(await leftoversOf(job.cluster, namespace)).toContain('migratorydata-aks/mark');
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    expect(await job.objects.cordoned()).toEqual([]);
    await expectNothingLeft(job.cluster, namespace);
  });
});
