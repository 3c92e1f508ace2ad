import { describe } from '@jest/globals';
import type { SimulatedCluster } from '../lab.js';
import { describeLife, type LivingCluster } from './shared/life.js';
import { startKubeconfigJob } from './support/kubeconfig-job.js';
import { startSteps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('a deployment on simulated nodes', () => {
  let living: LivingCluster;

  useLab(async lab => {
    const job = await startKubeconfigJob<SimulatedCluster>(lab, await lab.standaloneCluster('kind', { nodes: 4 }));
    const { cluster, objects } = job;
    const switchesOf = ({ metadata }: Parameters<LivingCluster['setHanging']>[0]) =>
      cluster.workload.members.get(metadata.name).switches;
    const inputs = { provider: 'kubeconfig', kubeconfig: cluster.kubeconfig };
    living = {
      ...{ job, cluster, objects, rescuer: await startSteps(lab, 'rescuer', { inputs }) },
      setHanging(member, hangs) {
        switchesOf(member).fault = hangs ? 'hang' : 'none';
        return Promise.resolve();
      },
      setCutOff(member, cutOff) {
        switchesOf(member).cutOff = cutOff;
        return Promise.resolve();
      },
    };
  });

  describeLife(() => living);
});
