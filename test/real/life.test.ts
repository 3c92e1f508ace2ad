import { describe } from '@jest/globals';

import { describeLife, type LivingCluster } from '../lab/scenarios/shared/life.js';
import { setFaults } from './support/server-control.js';
import { useRealCluster } from './support/use-real-cluster.js';

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
});
