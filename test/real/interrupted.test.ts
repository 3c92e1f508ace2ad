import { describe, expect, it } from '@jest/globals';

import type { Pod } from '../../src/kubernetes/api/types.js';
import { faultImages } from '../lab/lab.js';
import { expectReverted } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import { imagesOf, namesOf, uidsOf } from '../lab/scenarios/support/objects.js';
import { shortenLeases } from '../lab/scenarios/support/short-leases.js';
import { errorOf, type Inputs, notesOf, type Steps } from '../lab/scenarios/support/steps.js';
import { waitForObjects } from '../lab/wait.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const newer = 'migratorydata/server:6.0.25';
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

  it('are updated one at a time, each held before it is told to end, and a message is delivered in between', async () => {
    const last = new Map<string, Pod>();
    const watching = new AbortController();
    await job.cluster.api.watch<Pod>(
      path,
      ({ object }) => last.set(object.metadata.uid ?? '', object),
      watching.signal,
    );
    const before = await job.objects.members(namespace);
    const updated = await job.pass(deployment(newer)).finally(() => {
      watching.abort();
    });
    expect(notesOf(updated).filter(note => note.includes('A message was accepted')).length).toBeGreaterThanOrEqual(2);
    expect(imagesOf(await job.objects.members(namespace))).toEqual([newer, newer, newer]);
    for (const uid of uidsOf(before)) {
      const { metadata, status } = last.get(uid ?? '') ?? {};
      const ended = status?.containerStatuses?.[0]?.state?.terminated;
      // Both are rounded to seconds.
      const requestedMs = Date.parse(metadata?.deletionTimestamp ?? '') - 60_000;
      expect(Date.parse(ended?.finishedAt ?? '') - requestedMs).toBeGreaterThanOrEqual((preStopSeconds - 1) * 1_000);
      // It ended by itself, on SIGTERM.
      expect(ended?.exitCode).toBe(0);
    }
  });

  it('come back from a bad image, which reaches only one of them', async () => {
    const before = await job.objects.members(namespace);
    const failed = await job.fail(deployment(faultImages.neverPulls));
    expect(failed.main.outputs['error-code']).toBe('rollout-reverted');
    expect(errorOf(failed)).toContain('all members run the former version again');
    const after = await job.objects.members(namespace);
    expect([imagesOf(after), uidsOf(after.slice(0, 2))]).toEqual([[newer, newer, newer], uidsOf(before.slice(0, 2))]);
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
