import { describe, expect, it } from '@jest/globals';

import { experimentOf, expectReverted } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import { uidsOf } from '../lab/scenarios/support/objects.js';
import { notesOf } from '../lab/scenarios/support/steps.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';

/** The action on real nodes: the members are programs that find and elect each other, and what a fault costs is a consequence. */
describe('the action on real nodes', () => {
  let job: RealJob;

  const chaos = (experiments: string): Readonly<Record<string, string>> => ({
    ...{ operation: 'chaos', experiments, steady: '2s', hold: '5s', rest: 'true', 'probe-interval': '100ms' },
    ...generousLimits,
    'max-lost': '0',
  });

  useRealCluster(4, started => {
    job = started;
  });

  it('deploys members that accept a message and have it', async () => {
    const { report } = await job.pass({ operation: 'deploy', rest: 'true' });
    expect(report.outcome).toBe('success');
    const verified = await job.pass({ operation: 'verify', rest: 'true' });
    expect(notesOf(verified).join('\n')).toMatch(/A message was accepted in \d+ ms and read back/);
  });

  it.each(['baseline', 'drain', 'pod-kill', 'rolling'])('loses no accepted message in %s', async experiment => {
    const before = await job.objects.members(namespace);
    const record = experimentOf(await job.run(chaos(experiment)));
    expect(`${record.verdict}: ${record.reason}`).toMatch(/^pass: /);
    expect(record.measurement?.messages).toMatchObject({ lost: 0 });
    expect(record.measurement?.messages?.sent).toBeGreaterThan(10);
    const after = uidsOf(await job.objects.members(namespace));
    const gone = uidsOf(before).filter(uid => !after.includes(uid));
    if (experiment === 'baseline') expect(gone).toEqual([]);
    else if (experiment === 'rolling') expect(gone).toEqual(uidsOf(before));
    // The revert spreads seeds that have come together, so others may be gone as well.
    else expect(gone).toContain(record.targets[0]?.members[0]?.uid);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('refuses messages below a quorum in quorum-loss, and accepts them again', async () => {
    const { verdict, reason, assertions, measurement } = experimentOf(await job.run(chaos('quorum-loss')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(assertions).toContainEqual(
      expect.objectContaining({ name: 'seen-unavailable', measured: expect.stringMatching(/^0 accepted, [1-9]/) }),
    );
    expect(measurement?.milestones.recoveryFrom).toBe('revert');
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('sees that a member differs which answers, and is cut off from its peers', async () => {
    const [pod] = (await job.objects.members(namespace)).slice(-1);
    const [node, address] = [pod?.spec.nodeName ?? '', pod?.status.podIP ?? ''];
    const filter = (change: '-I' | '-D'): Promise<unknown> =>
      Promise.all(
        ['-s', '-d'].map(side =>
          job.cluster.nodes.run(node, [
            'iptables',
            '-w',
            change,
            'FORWARD',
            side,
            address,
            '-p',
            'tcp',
            '--dport',
            '8801',
            '-j',
            'DROP',
          ]),
        ),
      );
    const step = await job.start(chaos('baseline'));
    await step.logged('The fault is held.');
    await filter('-I');
    await step.ended;
    await filter('-D');
    const { verdict, reason, measurement } = experimentOf({ report: await step.report() });
    expect([verdict, reason]).toEqual(['fail', expect.stringContaining(' different on two members')]);
    const { messages, answers } = measurement ?? {};
    expect([Number(messages?.diverged) > 8, messages?.lost, messages?.doubts]).toEqual([true, 0, []]);
    expect(answers?.map(({ failed }) => failed)).toEqual([0, 0, 0]);
  });
});
