import { describe, expect, it } from '@jest/globals';

import { chaos, describeLife, type LivingCluster } from '../lab/scenarios/shared/life.js';
import { experimentOf, expectReverted } from '../lab/scenarios/support/chaos.js';
import { uidsOf } from '../lab/scenarios/support/objects.js';
import { setFaults } from './support/server-control.js';
import { useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';

/** The members are programs that find and elect each other, and what a fault costs is a consequence. */
describe('a deployment on real nodes', () => {
  let living: LivingCluster;

  useRealCluster(4, async job => {
    const { cluster, objects } = job;
    living = {
      ...{ job, cluster, objects, rescuer: await job.another('rescuer') },
      setHanging: (member, hangs) => setFaults(member, hangs ? { member: 'hang' } : {}),
      async setCutOff({ spec, status }, cutOff) {
        const table = ['iptables', '-w', cutOff ? '-I' : '-D', 'FORWARD'];
        const sides = ['-s', '-d'].map(side => [...table, side, status.podIP ?? '', '-p', 'tcp', '--dport', '8801']);
        await Promise.all(sides.map(rule => cluster.nodes.run(spec.nodeName ?? '', [...rule, '-j', 'DROP'])));
      },
    };
  });

  describeLife(() => living);

  it.each(['baseline', 'rolling'])('loses no accepted message in %s', async experiment => {
    const { job, cluster, objects } = living;
    const before = uidsOf(await objects.members(namespace));
    const { verdict, reason, measurement } = experimentOf(await job.run(chaos(experiment)));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(measurement?.messages).toMatchObject({ lost: 0 });
    const after = uidsOf(await objects.members(namespace));
    expect(before.filter(uid => !after.includes(uid))).toEqual(experiment === 'baseline' ? [] : before);
    await expectReverted(cluster, objects, namespace, 3);
  });

  it('refuses messages below a quorum in quorum-loss, and accepts them again', async () => {
    const { job, cluster, objects } = living;
    const { verdict, reason, assertions, measurement } = experimentOf(await job.run(chaos('quorum-loss')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(assertions).toContainEqual(
      expect.objectContaining({ name: 'seen-unavailable', measured: expect.stringMatching(/^0 accepted, [1-9]/) }),
    );
    expect(measurement?.milestones.recoveryFrom).toBe('revert');
    await expectReverted(cluster, objects, namespace, 3);
  });
});
