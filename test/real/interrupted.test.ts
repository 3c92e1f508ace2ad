import { describe, expect, it } from '@jest/globals';

import type { Pod } from '../../src/kubernetes/types.js';
import { expectReverted } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import { namesOf } from '../lab/scenarios/support/objects.js';
import { shortenLeases } from '../lab/scenarios/support/short-leases.js';
import type { Inputs, Steps } from '../lab/scenarios/support/steps.js';
import { waitForObjects } from '../lab/wait.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const preStopSeconds = 15;

/** Members that leave as slowly as the manifests want it: 15 seconds in preStop, then the end of the server. */
describe('members in preStop', () => {
  let job: RealJob;
  let rescuer: Steps;
  let patches: string;

  const path = `/api/v1/namespaces/${namespace}/pods`;
  const deployment = (image: string): Inputs => ({
    operation: 'deploy',
    rest: 'true',
    'cpu-request': '100m',
    image,
    patches,
  });
  const drain: Inputs = { operation: 'chaos', experiments: 'drain', hold: '5s', steady: '0s', ...generousLimits };
  const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

  useRealCluster(4, async started => {
    job = started;
    rescuer = await job.another('rescuer');
    patches = job.patch({
      terminationGracePeriodSeconds: 60,
      containers: [
        { name: 'migratorydata', lifecycle: { preStop: { exec: { command: ['sleep', `${preStopSeconds}`] } } } },
      ],
    });
    await job.pass(deployment('migratorydata/server:6.0.24'));
  });

  it('let a cancelled drain revert while one of them leaves', async () => {
    const step = await job.start(drain);
    await waitForObjects<Pod>(job.cluster.api, path, pods => pods.some(isLeaving));
    step.cancel();
    expect((await step.ended).outputs).toMatchObject({ outcome: 'cancelled', verdict: 'aborted' });
    // The handler of the signal does not wait for the member.
    expect(await job.objects.cordoned()).toEqual([]);
    expect((await step.post()).code).toBe(0);
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
    expect(namesOf(await job.objects.members(namespace))).toHaveLength(3);
  });

  it.each([
    ['before the fault', 'adding one first'],
    ['while one of them leaves', undefined],
    ['while the fault is held', 'The fault is held.'],
  ])('are recovered when the runner is killed %s', async (_, text) => {
    const step = await job.start(drain);
    if (text === undefined) await waitForObjects<Pod>(job.cluster.api, path, pods => pods.some(isLeaving));
    else await step.logged(text);
    step.kill();
    await step.ended;
    await shortenLeases(job.cluster, namespace);
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });
});
