import { describe, expect, it } from '@jest/globals';

import type { KubernetesObject, Pod } from '../../src/kubernetes/api/types.js';
import { busyboxRepository } from '../lab/real/lab-images.js';
import { experimentOf, expectReverted } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import { shortenLeases } from '../lab/scenarios/support/short-leases.js';
import type { Inputs, Steps } from '../lab/scenarios/support/steps.js';
import type { ServerFaults } from '../lab/server/control.js';
import { waitForObjects } from '../lab/wait.js';
import { setFaults } from './support/server-control.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const probePath = `/api/v1/namespaces/${namespace}/pods?fieldSelector=metadata.name%3Dmigratorydata-probe`;

interface NodeWithImages extends KubernetesObject {
  readonly status: { readonly images?: readonly { readonly names?: readonly string[] }[] };
}

/** A probe inside the cluster, in a pod that a kubelet runs, over the rules of kube-proxy. */
describe('a probe inside the cluster, on real nodes', () => {
  let job: RealJob;
  let rescuer: Steps;
  let chaos: Inputs;

  useRealCluster(4, async started => {
    job = started;
    rescuer = await job.another('rescuer');
    // A kubelet tells its images a moment after its start.
    const imagesOf = ({ status }: NodeWithImages): readonly string[] =>
      (status.images ?? []).flatMap(({ names = [] }) => names.filter(name => name.startsWith(`${busyboxRepository}@`)));
    const nodes = await waitForObjects<NodeWithImages>(job.cluster.api, '/api/v1/nodes', all =>
      all.every(node => imagesOf(node).length > 0),
    );
    chaos = {
      ...{ operation: 'chaos', experiments: 'drain', steady: '2s', hold: '8s', ...generousLimits },
      ...{ 'probe-interval': '200ms', 'probe-image': nodes.flatMap(imagesOf)[0] ?? '' },
    };
    await job.pass({ operation: 'deploy', 'memory-request': '64Mi', 'cpu-request': '100m' });
  });

  const setAll = async (faults: ServerFaults): Promise<void> => {
    await Promise.all((await job.objects.members(namespace)).map(member => setFaults(member, faults)));
  };
  const probes = (): Promise<readonly Pod[]> => waitForObjects<Pod>(job.cluster.api, probePath, () => true);
  const isTimedOut = (ms: number | null | undefined): boolean => (ms ?? 0) >= 2_000;

  it('runs on no target, sees when all members hang, and is gone afterwards', async () => {
    const step = await job.start(chaos);
    await step.logged('The fault is held.');
    const [running] = await probes();
    await setAll({ member: 'hang' });
    await new Promise(resolve => setTimeout(resolve, 4_000));
    await setAll({});
    await step.ended;
    const { targets, measurement, timeline } = experimentOf({ report: await step.report() });
    const { inside, probe, failedAt } = measurement ?? {};
    expect(targets.map(({ node }) => node)).not.toContain(inside?.node);
    expect([inside?.node, running?.status.phase]).toEqual([running?.spec.nodeName, 'Running']);
    expect([isTimedOut(probe?.outageMs), isTimedOut(inside?.outageMs), inside?.unseenMs]).toEqual([true, true, 0]);
    // What the runner and the probe inside have seen are at the same place of the timeline.
    const failed = (name: string): number =>
      timeline?.series.find(series => series.name === name)?.attempts.find(([, , ok]) => ok === 0)?.[0] ?? NaN;
    expect(Math.abs(failed('inside the cluster') - failed('connections'))).toBeLessThan(2_000);
    expect(failedAt).toMatchObject({ runner: 0, loadBalancer: 0, unknown: 0 });
    expect(await probes()).toEqual([]);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('works when only the way of the runner fails', async () => {
    const step = await job.start({ ...chaos, experiments: 'baseline', hold: '8s' });
    await step.logged('The fault is held.');
    const rule = ['-p', 'tcp', '--dport', '30000:32767', '-j', 'DROP'];
    const filter = (change: string): Promise<unknown> =>
      Promise.all(
        job.cluster.nodes
          .names()
          .map(name => job.cluster.nodes.run(name, ['iptables', '-w', '-t', 'raw', change, 'PREROUTING', ...rule])),
      );
    await filter('-I');
    await new Promise(resolve => setTimeout(resolve, 4_000));
    await filter('-D');
    await step.ended;
    const { inside, probe, failedAt } = experimentOf({ report: await step.report() }).measurement ?? {};
    expect([isTimedOut(probe?.outageMs), inside?.failed, failedAt?.loadBalancer]).toEqual([true, 0, probe?.failed]);
  });

  it('is deleted by recover when the runner is killed', async () => {
    const step = await job.start({ ...chaos, hold: '5m' });
    await step.logged('The fault is held.');
    expect(await probes()).toHaveLength(1);
    step.kill();
    await step.ended;
    await shortenLeases(job.cluster, namespace);
    expect(await probes()).toHaveLength(1);
    await rescuer.pass({ operation: 'recover' });
    expect(await probes()).toEqual([]);
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('injects no fault when its image is unknown', async () => {
    const image = `${busyboxRepository}@sha256:${'0'.repeat(64)}`;
    const step = await job.fail({ ...chaos, 'probe-image': image });
    expect(step.main.outputs).toMatchObject({ 'error-code': 'probe-pod-failed', verdict: 'inconclusive' });
    expect(experimentOf(step).reason).toContain(`The image ${image} of container probe`);
    expect(await probes()).toEqual([]);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });
});
