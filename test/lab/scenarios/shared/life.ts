import { expect, it } from '@jest/globals';
import type { Pod } from '../../../../src/kubernetes/api/types.js';
import type { LabCluster } from '../../lab.js';
import { waitForObjects } from '../../wait.js';
import { experimentOf, expectReverted } from '../support/chaos.js';
import { generousLimits } from '../support/limits.js';
import { imagesOf, type Objects, uidsOf } from '../support/objects.js';
import { shortenLeases } from '../support/short-leases.js';
import { errorOf, type Inputs, notesOf, type Steps } from '../support/steps.js';

/** A cluster whose nodes are of some kind, with room for four members, and a job on it. */
export interface LivingCluster {
  readonly job: Steps;
  /** Another runner. */
  readonly rescuer: Steps;
  readonly cluster: Pick<LabCluster, 'api'>;
  readonly objects: Objects;
  /** The member accepts connections and answers nothing, until it is set again. */
  readonly setHanging: (member: Pod, hangs: boolean) => Promise<void>;
  /** The member and the others get nothing of each other, until it is set again. */
  readonly setCutOff: (member: Pod, cutOff: boolean) => Promise<void>;
}

const namespace = 'migratory';
const newer = 'migratorydata/server:6.0.25';

/** Returns the inputs of an experiment in which no accepted message may be lost. */
export function chaos(experiments: string): Inputs {
  return {
    ...{ operation: 'chaos', experiments, steady: '2s', hold: '5s', rest: 'true' },
    ...generousLimits,
    'max-lost': '0',
  };
}

/** What a user sees of a deployment in its life is the same on all kinds of nodes. */
export function describeLife(given: () => LivingCluster): void {
  const deployment: Inputs = { operation: 'deploy', 'service-type': 'node-port', rest: 'true', 'cpu-request': '100m' };
  const verification: Inputs = { operation: 'verify', rest: 'true' };
  const delivered = /A message was accepted in \d+ ms and read back/;
  const pods = `/api/v1/namespaces/${namespace}/pods`;

  it('deploys members that answer, accept a message and have it', async () => {
    const { job } = given();
    const deployed = await job.pass(deployment);
    const verified = await job.pass(verification);
    for (const step of [deployed, verified])
      expect(notesOf(step)).toContain('Each member answers a request of its own.');
    expect(notesOf(verified).join('\n')).toMatch(delivered);
  });

  it('names a member that hangs, which no probe of a TCP connection sees', async () => {
    const { job, objects, setHanging } = given();
    const [, hanging] = await objects.untilReady(namespace, 3);
    if (hanging === undefined) throw new Error('there is no second member');
    await setHanging(hanging, true);
    const failed = await job.fail(verification);
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'member-not-answering', 'ready-members': '3' });
    expect(errorOf(failed)).toContain(
      `no answer from migratorydata-1 on node ${hanging.spec.nodeName ?? ''} (no answer), but one from migratorydata-0, migratorydata-2`,
    );
    await setHanging(hanging, false);
    await job.pass(verification);
  });

  it.each(['drain', 'pod-kill'])('loses no accepted message in %s', async experiment => {
    const { job, cluster, objects } = given();
    const { verdict, reason, measurement, targets } = experimentOf(await job.run(chaos(experiment)));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(measurement?.messages).toMatchObject({ lost: 0 });
    expect(measurement?.messages?.sent).toBeGreaterThan(10);
    // The revert spreads seeds that have come together, so others may be gone as well.
    expect(uidsOf(await objects.members(namespace))).not.toContain(targets[0]?.members[0]?.uid);
    await expectReverted(cluster, objects, namespace, 3);
  });

  it('sees that a member differs which answers, and is cut off from its peers', async () => {
    const { job, objects, setCutOff } = given();
    const member = (await objects.members(namespace)).at(-1);
    if (member === undefined) throw new Error('there is no member');
    const step = await job.start(chaos('baseline'));
    await step.logged('The fault is held.');
    await setCutOff(member, true);
    await step.ended;
    await setCutOff(member, false);
    const { verdict, reason, measurement } = experimentOf({ report: await step.report() });
    expect([verdict, reason]).toEqual(['fail', expect.stringContaining(' different on two members')]);
    const { messages, answers } = measurement ?? {};
    expect([Number(messages?.diverged) > 8, messages?.lost, messages?.doubts]).toEqual([true, 0, []]);
    expect(answers?.map(({ name, failed, notAsked }) => ({ name, failed, notAsked }))).toEqual(
      [0, 1, 2].map(ordinal => ({ name: `migratorydata-${ordinal}`, failed: 0 })),
    );
  });

  it('scales to members that the others find, and back', async () => {
    const { job, objects } = given();
    const before = await objects.members(namespace);
    const scaled = await job.pass({ operation: 'scale', 'scale-to': '4,3', rest: 'true' });
    expect(notesOf(scaled).filter(note => delivered.test(note))).toHaveLength(2);
    expect(uidsOf(await objects.members(namespace))).toEqual(uidsOf(before));
  });

  it('updates one member at a time, and delivers a message in between', async () => {
    const { job, objects } = given();
    const updated = await job.pass({ ...deployment, image: newer });
    expect(notesOf(updated).filter(note => delivered.test(note)).length).toBeGreaterThanOrEqual(2);
    expect(imagesOf(await objects.members(namespace))).toEqual([newer, newer, newer]);
    await job.pass(verification);
  });

  it('is recovered when its runner is killed while a member leaves', async () => {
    const { job, rescuer, cluster, objects } = given();
    const members = uidsOf(await objects.members(namespace));
    const step = await job.start(chaos('drain'));
    await waitForObjects<Pod>(cluster.api, pods, found => members.some(uid => found.every(pod => isOther(pod, uid))));
    step.kill();
    await step.ended;
    await shortenLeases(cluster, namespace);
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await objects.untilReady(namespace, 3);
    await expectReverted(cluster, objects, namespace, 3);
  });
}

/** Whether a pod is not the one with this uid, or leaves. */
function isOther({ metadata }: Pod, uid: string | undefined): boolean {
  return metadata.uid !== uid || metadata.deletionTimestamp !== undefined;
}
