import { describe, expect, it } from '@jest/globals';

import type { Pod } from '../../src/kubernetes/api/types.js';
import { oneMember } from '../lab/scenarios/support/kubeconfig-job.js';
import { namesOf, uidsOf } from '../lab/scenarios/support/objects.js';
import { notesOf, type Inputs } from '../lab/scenarios/support/steps.js';
import { waitForObjects } from '../lab/wait.js';
import { coordinatorsAmong } from './support/server-control.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const autoscaler = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/migratorydata-autoscale`;

/** Two deployments on one cluster, whose members find each other by the names of their Services. */
describe('the members of a deployment on real nodes', () => {
  let job: RealJob;

  const deployment = (inputs: Inputs = {}): Inputs => ({
    ...{ operation: 'deploy', rest: 'true', 'memory-request': '64Mi', 'cpu-request': '200m' },
    ...inputs,
  });
  const other = { namespace: 'other', ...oneMember };
  /** Runs a shell command in the container of a member. */
  const runIn = async ({ spec, status }: Pod, script: string): Promise<string> => {
    const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
    const exec = ['ctr', '-n', 'k8s.io', 'task', 'exec', '--exec-id', `x${Date.now()}`, id];
    return job.cluster.nodes.run(spec.nodeName ?? '', [...exec, '/bin/busybox', 'sh', '-c', script]);
  };

  useRealCluster(3, async started => {
    job = started;
    await Promise.all([job.pass(deployment()), job.pass(deployment(other))]);
  });

  it('elect a coordinator each, and keep their messages apart', async () => {
    for (const inputs of [{}, other]) {
      const verified = await job.pass({ ...deployment(inputs), operation: 'verify' });
      expect(notesOf(verified).join('\n')).toMatch(/A message was accepted in \d+ ms and read back/);
    }
    for (const name of [namespace, 'other']) {
      expect(await coordinatorsAmong(await job.objects.members(name))).toHaveLength(1);
    }
  });

  it('are added by the autoscaler when the kubelets measure load, and removed without it', async () => {
    await job.pass({ operation: 'autoscale', rest: 'true' });
    const hasty = { stabilizationWindowSeconds: 1, policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] };
    await job.cluster.api.patch(autoscaler, { spec: { behavior: { scaleDown: hasty } } });
    const [first] = await job.objects.members(namespace);
    const load = runIn(first as Pod, '(while :; do :; done) & until [ -e /calm ]; do sleep 1; done; kill $!');
    load.catch(() => undefined);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await waitForObjects<Pod>(job.cluster.api, pods, found => found.length > 3);
    await runIn(first as Pod, 'touch /calm');
    await load;
    expect(namesOf(await job.objects.untilReady(namespace, 3))).toContain('migratorydata-0');
  });

  it('stay when the other deployment is deleted', async () => {
    const before = await job.objects.members(namespace);
    const deleted = await job.pass({ operation: 'teardown', namespace: 'other', 'wait-for-deletion': 'true' });
    expect(deleted.main.outputs['deleted']).toBe('true');
    await job.objects.untilNamespaceGone('other');
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(before));
    await job.pass({ operation: 'verify', rest: 'true' });
  });
});
