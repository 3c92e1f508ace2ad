import { describe, expect, it } from '@jest/globals';
import { isReady } from '../../../src/kubernetes/pods.js';
import { addForeignPods, addReadyForeignPod } from './support/foreign-pods.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { imagesOf, namesOf, uidsOf } from './support/objects.js';
import type { Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';
const newer = 'migratorydata/server:6.0.25';

/** One deployment of three members, and foreign pods with the same label. */
describe('foreign pods that carry the label of the members', () => {
  let job: KubeconfigJob;

  const deployment = (inputs: Inputs = {}): Inputs => ({
    operation: 'deploy',
    'service-type': 'node-port',
    'member-pause': '0s',
    ...inputs,
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass(deployment());
    const [first] = await job.objects.members(namespace);
    await addForeignPods(job.cluster.api, namespace, first?.spec.nodeName ?? '');
  });

  it('are no members of a drained node, and stay on it', async () => {
    const members = await job.objects.members(namespace);
    const target = members[0]?.spec.nodeName ?? '';
    // The scheduler counts the foreign pods when it spreads the members, so that two members may share a node.
    const onTarget = members.filter(({ spec }) => spec.nodeName === target);
    const others = uidsOf(await job.objects.foreign(namespace));
    const drained = await job.pass({
      operation: 'chaos',
      experiments: 'drain',
      hold: '0s',
      steady: '0s',
      ...generousLimits,
      'target-node': target,
    });
    expect(drained.report.experiments).toMatchObject([{ verdict: 'pass', facts: { plan: 'surge' } }]);
    expect(drained.report.experiments[0]?.targets[0]?.members.map(({ name }) => name)).toEqual(namesOf(onTarget));
    expect(uidsOf(await job.objects.foreign(namespace))).toEqual(others);
    expect(namesOf(await job.objects.members(namespace))).toEqual([0, 1, 2].map(ordinal => `migratorydata-${ordinal}`));
  });

  it('are neither counted nor deleted by an update, which warns that the Service routes to them', async () => {
    await addReadyForeignPod(job.cluster.api, namespace, 'debug-shell');
    const before = await job.objects.foreign(namespace);
    const seen = await job.objects.recordPods(namespace);
    const updated = await job.pass(deployment({ image: newer }));
    seen.stop();

    expect(updated.main.outputs).toMatchObject({ changed: 'true', replicas: '3', 'ready-members': '3' });
    expect(namesOf(seen.pods.slice(3 + before.length))).toEqual([2, 1, 0].map(ordinal => `migratorydata-${ordinal}`));
    const members = await job.objects.members(namespace);
    expect(imagesOf(members)).toEqual([newer, newer, newer]);
    expect(members.every(isReady)).toBe(true);
    expect(uidsOf(await job.objects.foreign(namespace))).toEqual(uidsOf(before));
    expect(updated.report.warnings).toContainEqual(
      expect.stringMatching(
        /^Pods debug-shell, .*without-a-place.* match the labels of the members but are not members: the Services and the disruption budget count them\.$/,
      ),
    );
  });
});
