import { describe, expect, it } from '@jest/globals';
import type { SimulatedCluster } from '../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { namesOf, uidsOf } from './support/objects.js';
import { notesOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const autoscaler = '/apis/autoscaling/v2/namespaces/migratory/horizontalpodautoscalers/migratorydata-autoscale';

/** One deployment, used by the steps in order, as in a job. */
describe('the number of members', () => {
  let job: KubeconfigJob<SimulatedCluster>;

  const deployment = { operation: 'deploy', 'service-type': 'node-port' };
  const step = (inputs: Inputs): Inputs => ({ 'service-type': 'node-port', ...inputs });
  const replicas = async (): Promise<number | undefined> => (await job.objects.statefulSet('migratory')).spec.replicas;

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  });

  it('is what the first deployment requests', async () => {
    const { main } = await job.pass(deployment);
    expect(main.outputs).toMatchObject({ changed: 'true', replicas: '3', 'ready-members': '3' });
    expect(await replicas()).toBe(3);
  });

  it('stays the same when nothing changes, and no member restarts', async () => {
    const before = await job.objects.members('migratory');
    const again = await job.pass(deployment);
    expect(again.main.outputs['changed']).toBe('false');
    expect(notesOf(again)).toContain('The members are already up to date.');
    expect(uidsOf(await job.objects.members('migratory'))).toEqual(uidsOf(before));
  });

  it('is kept by the next deployment after a scale', async () => {
    await job.pass(step({ operation: 'scale', 'scale-to': '4' }));
    const before = await job.objects.members('migratory');
    expect(before).toHaveLength(4);
    const { main } = await job.pass(deployment);
    expect(main.outputs).toMatchObject({ changed: 'false', replicas: '4' });
    expect(await replicas()).toBe(4);
    expect(uidsOf(await job.objects.members('migratory'))).toEqual(uidsOf(before));
  });

  it('rises to 5 under load with the autoscaler, and the next deployment keeps it', async () => {
    const { main } = await job.pass(step({ operation: 'autoscale' }));
    expect(main.outputs['hpa']).toBe('migratorydata-autoscale');
    job.cluster.workload.metrics.setLoad({ totalMillicores: 2_400 });
    const loaded = await job.objects.untilReady('migratory', 5);

    const again = await job.pass(deployment);
    expect(again.main.outputs).toMatchObject({ changed: 'false', replicas: '5' });
    expect(await replicas()).toBe(5);
    expect(uidsOf(await job.objects.members('migratory'))).toEqual(uidsOf(loaded));
  });

  it('returns to 3 without load', async () => {
    job.cluster.workload.metrics.setLoad({ totalMillicores: 0 });
    // These take minutes by default: 5 of them without load, and one between two members.
    const hasty = { stabilizationWindowSeconds: 1, policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] };
    await job.cluster.api.patch(autoscaler, { spec: { behavior: { scaleDown: hasty } } });
    expect(namesOf(await job.objects.untilReady('migratory', 3))).toEqual([
      'migratorydata-0',
      'migratorydata-1',
      'migratorydata-2',
    ]);
  });

  it('is changed through the bounds of the autoscaler when there is one, and the step says so', async () => {
    const moved = await job.pass(step({ operation: 'scale', 'scale-to': '4' }));
    expect(notesOf(moved)).toContain(
      'Autoscaler migratorydata-autoscale controls the number of members: its bounds are now 4, before 3 to 5.',
    );
    expect((await job.objects.autoscaler('migratory')).spec).toMatchObject({ minReplicas: 4, maxReplicas: 4 });
    expect(await job.objects.members('migratory')).toHaveLength(4);

    await job.pass(step({ operation: 'autoscale' }));
    expect((await job.objects.autoscaler('migratory')).spec).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
    expect(await replicas()).toBe(4);
  });

  it('is refused outside of the bounds of the deployment before anything changes', async () => {
    const { main } = await job.fail(step({ operation: 'scale', 'scale-to': '4,6' }));
    expect(main.outputs['error-code']).toBe('scale-out-of-bounds');
    expect(await replicas()).toBe(4);
  });
});
