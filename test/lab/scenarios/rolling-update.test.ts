import { describe, expect, it } from '@jest/globals';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { isReady } from '../../../src/kubernetes/pods.js';
import { strategicMergePatch } from '../api.js';
import { faultImages, type SimulatedCluster } from '../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { imagesOf, namesOf, uidsOf } from './support/objects.js';
import { errorOf, notesOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';
const newer = 'migratorydata/server:6.0.25';
const newest = 'migratorydata/server:6.0.26';

/** One deployment of three members with the REST interface, updated from version to version. */
describe('a rolling update', () => {
  let job: KubeconfigJob<SimulatedCluster>;

  const deployment = (inputs: Inputs): Inputs => ({
    operation: 'deploy',
    'service-type': 'node-port',
    rest: 'true',
    ...inputs,
  });
  /** The inputs of a second, smaller deployment. */
  const two = { namespace: 'two', replicas: '2', 'min-replicas': '2', 'seed-members': '1' };
  const expectAllRun = async (image: string): Promise<readonly Pod[]> => {
    const members = await job.objects.members(namespace);
    expect(imagesOf(members)).toEqual([image, image, image]);
    expect(members.every(isReady)).toBe(true);
    return members;
  };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await Promise.all([job.pass(deployment({})), job.pass(deployment(two))]);
  });

  it('updates member by member, the highest ordinal first, and delivers a message in between', async () => {
    const seen = await job.objects.recordPods(namespace);
    const updated = await job.pass(deployment({ image: newer }));
    seen.stop();
    expect(updated.main.outputs).toMatchObject({ changed: 'true', image: newer, 'ready-members': '3' });
    const replaced = seen.pods.slice(3);
    expect(namesOf(replaced).map((name, index) => [name, imagesOf(replaced)[index]])).toEqual([
      ['migratorydata-2', newer],
      ['migratorydata-1', newer],
      ['migratorydata-0', newer],
    ]);
    expect(
      notesOf(updated)
        .filter(note => /is updated|was accepted/.test(note))
        .map(firstWords),
    ).toEqual(['migratorydata-2 is', 'A message', 'migratorydata-1 is', 'A message', 'migratorydata-0 is']);
    await expectAllRun(newer);
  });

  it('to an image that does not exist is rolled back, and the former version serves again', async () => {
    const members = await job.objects.members(namespace);
    const secrets = await job.objects.secrets(namespace);
    const failed = await job.fail(deployment({ image: faultImages.neverPulls }));
    expect(failed.main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'rollout-reverted' });
    const said = errorOf(failed);
    expect(said).toContain('all members run the former version again');
    expect(said).toContain('failed to resolve reference "docker.io/migratorydata/server:does-not-exist"');

    const after = await expectAllRun(newer);
    expect(uidsOf(after.slice(0, 2))).toEqual(uidsOf(members.slice(0, 2)));
    const { spec } = await job.objects.untilUpdated(namespace);
    expect(JSON.stringify(spec.template.spec['containers'])).toContain(`"${newer}"`);
    expect(spec).toMatchObject({ replicas: 3, updateStrategy: { rollingUpdate: { partition: 0 } } });
    expect(uidsOf(await job.objects.secrets(namespace))).toEqual(uidsOf(secrets));

    const again = await job.pass(deployment({ image: newer }));
    expect(again.main.outputs['changed']).toBe('false');
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(after));
  });

  it('waits for a member that AKS moves at the same time, and a bad image reaches no other member', async () => {
    const [first, second, moved] = await job.objects.members(namespace);
    const { api } = job.cluster;
    const { items: nodes } = await api.list('/api/v1/nodes');
    const cordonAll = (unschedulable: true | null): Promise<unknown> =>
      Promise.all(namesOf(nodes).map(name => api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable } })));
    await cordonAll(true);
    await api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/migratorydata-2`);
    const step = await job.start(deployment({ image: faultImages.neverPulls, 'verify-timeout': '60s' }));
    await step.logged('waiting for them before the update');
    await cordonAll(null);
    await step.ended;
    await step.post();
    const { errors } = await step.report();
    expect(errors).toMatchObject([{ code: 'rollout-reverted' }]);
    const after = await expectAllRun(newer);
    expect(uidsOf(after.slice(0, 2))).toEqual([first?.metadata.uid, second?.metadata.uid]);
    expect(uidsOf(after)).not.toContain(moved?.metadata.uid);
  });

  it('begins with a member that is not Ready, and continues one member at a time', async () => {
    const pod = `/api/v1/namespaces/${namespace}/pods/migratorydata-1`;
    const conditions = ['Ready', 'ContainersReady'].map(type => ({ type, status: 'False' }));
    const containers = [{ name: 'migratorydata', image: faultImages.neverPulls }];
    await job.cluster.api.patch(pod, { spec: { containers } }, strategicMergePatch);
    await job.cluster.api.patch(`${pod}/status`, { status: { conditions } }, strategicMergePatch);
    const seen = await job.objects.recordPods(namespace);
    const updated = await job.pass(deployment({ image: newest, 'verify-timeout': '30s' }));
    seen.stop();
    expect(namesOf(seen.pods.slice(3))).toEqual(['migratorydata-1', 'migratorydata-2', 'migratorydata-0']);
    expect(
      notesOf(updated)
        .filter(note => /is updated|was accepted/.test(note))
        .map(firstWords),
    ).toEqual(['migratorydata-1 is', 'A message', 'migratorydata-2 is', 'A message', 'migratorydata-0 is']);
    await expectAllRun(newest);
  });

  it('creates a separate Secret for a new token, and keeps the former one for a rollback', async () => {
    const former = await job.objects.secrets(two.namespace);
    const before = await job.objects.members(two.namespace);
    const token = 'a-token-of-our-own';
    // While the members have different tokens, no message can prove their health; the default pause is a minute.
    const wanted = deployment({ ...two, 'entitlement-token': token, 'member-pause': '0s' });
    const updated = await job.pass(wanted);
    expect(updated.main.outputs['changed']).toBe('true');
    expect(updated.main.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(token);
    const after = await job.objects.members(two.namespace);
    expect(uidsOf(after).filter(uid => uidsOf(before).includes(uid))).toEqual([]);

    const secrets = await job.objects.secrets(two.namespace);
    expect(namesOf(secrets)).toEqual([...namesOf(former), 'migratorydata-secrets-2']);
    expect(secrets.slice(0, 2)).toEqual(former);
    expect(Buffer.from(secrets[2]?.data?.['entitlement-token'] ?? '', 'base64').toString()).toBe(token);
    const verified = await job.pass({ ...deployment(two), operation: 'verify' });
    expect(notesOf(verified)).toContainEqual(expect.stringContaining('A message was accepted'));

    const again = await job.pass(wanted);
    expect(again.main.outputs['changed']).toBe('false');
    expect(await job.objects.secrets(two.namespace)).toHaveLength(3);
  });

  it('that would divide the members is refused, unless all may restart at once', async () => {
    const before = await job.objects.members(two.namespace);
    const longer = { ...two, 'max-replicas': '6' };
    const refused = await job.fail(deployment(longer));
    expect(refused.main.outputs['error-code']).toBe('full-restart-needed');
    expect(errorOf(refused)).toContain('max-replicas (5, then 6)');
    expect(uidsOf(await job.objects.members(two.namespace))).toEqual(uidsOf(before));

    const seen = await job.objects.recordPods(two.namespace);
    const restarted = await job.pass(deployment({ ...longer, 'allow-full-restart': 'true' }));
    seen.stop();
    expect(restarted.main.outputs).toMatchObject({ changed: 'true', 'ready-members': '2' });
    expect(namesOf(seen.pods.slice(2))).toEqual(['migratorydata-0', 'migratorydata-1']);
    const running = job.cluster.workload.members.list().filter(member => member.namespace === two.namespace);
    expect(running.map(({ options, refusal }) => [options.clusterMembers.length, refusal])).toEqual([
      [6, undefined],
      [6, undefined],
    ]);
  });
});

function firstWords(note: string): string {
  return note.split(' ').slice(0, 2).join(' ');
}
