import { describe, expect, it } from '@jest/globals';
import { podOf, pods } from '../kubernetes/samples.js';
import { leaveExperiment } from './controllers.js';
import { namespaces, onKubeconfig, OperationBench } from './support.js';

const taken = 'POST leases (lock)';
const claimed = 'PATCH configmaps/migratorydata-aks-mark (lock)';
const deleted = 'DELETE namespaces/ns (lock)';
const released = 'DELETE leases/migratorydata-aks (lock)';

describe('teardown', () => {
  it('deletes the namespace under the lock', async () => {
    await using bench = await OperationBench.onDeployment('teardown');
    expect(await bench.run('teardown')).toBeUndefined();
    expect(bench.steps).toEqual([taken, deleted, released]);
    expect([bench.output('deleted'), bench.phases(), bench.left()]).toEqual([true, ['teardown passed'], []]);
  });

  it('does not fail when there is no namespace', async () => {
    await using bench = await OperationBench.start('teardown');
    expect(await bench.run('teardown')).toBeUndefined();
    expect([bench.steps, bench.output('deleted')]).toEqual([[], false]);
  });

  it('refuses a namespace of somebody else, and changes nothing in it', async () => {
    await using bench = await OperationBench.start('teardown');
    bench.cluster.put(namespaces, { metadata: { name: 'ns' } });
    expect((await bench.run('teardown'))?.code).toBe('namespace-not-ours');
    expect([bench.steps, bench.output('deleted'), bench.left()]).toEqual([[], undefined, []]);
  });

  it('reverts what an experiment has left before the record goes with the namespace', async () => {
    await using bench = await OperationBench.onDeployment('teardown');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    expect(await bench.run('teardown')).toBeUndefined();
    const reverted = [claimed, 'PATCH nodes/a (lock)', 'DELETE configmaps/migratorydata-aks-mark (lock)'];
    expect(bench.steps).toEqual([taken, ...reverted, deleted, released]);
  });

  it('keeps the namespace while that cannot be reverted, and gives the lock back', async () => {
    await using bench = await OperationBench.onDeployment('teardown');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    bench.failAt('PATCH nodes/a');
    expect((await bench.run('teardown'))?.code).toBe('undo-incomplete');
    expect([bench.steps.includes(deleted), bench.output('deleted'), bench.left()]).toEqual([false, undefined, []]);
  });

  it.each([
    ['refused', 'api-forbidden', 'failAt'],
    ['cancelled', 'cancelled', 'cancelAt'],
  ] as const)('gives the lock back when the deletion is %s', async (_, code, spoil) => {
    await using bench = await OperationBench.onDeployment('teardown');
    bench[spoil](deleted);
    expect((await bench.run('teardown'))?.code).toBe(code);
    expect([bench.phases(), bench.output('deleted'), bench.left()]).toEqual([['teardown failed'], undefined, []]);
  });

  it('waits ten minutes at most for the namespace to be gone, and says at once what it waits for', async () => {
    await using bench = await OperationBench.onDeployment('teardown');
    const message = 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances';
    bench.keepNamespace({ conditions: [{ type: 'NamespaceFinalizersRemaining', status: 'True', message }] });
    const error = await bench.run('teardown', { ...onKubeconfig, 'wait-for-deletion': 'true' });
    expect([error?.code, bench.clock.now()]).toEqual(['delete-incomplete', 10 * 60_000]);
    expect(error?.message).toContain(message);
    expect(bench.context.journal.report.phases[0]?.notes).toEqual([`Namespace ns is being deleted: ${message}.`]);
    expect([bench.output('deleted'), bench.left()]).toEqual([undefined, []]);
  });

  it('names the pods that finalizers hold, of which a new Kubernetes says nothing', async () => {
    await using bench = await OperationBench.onDeployment('teardown');
    bench.keepNamespace();
    const pod = podOf(0, { deleting: true });
    bench.cluster.put(pods, { ...pod, metadata: { ...pod.metadata, finalizers: ['kueue.x-k8s.io/managed'] } });
    const error = await bench.run('teardown', { ...onKubeconfig, 'wait-for-deletion': 'true' });
    expect(error?.message).toContain('migratorydata-0 is being deleted, held by the finalizer kueue.x-k8s.io/managed');
  });

  describe('of one of two deployments in a namespace', () => {
    const resources = '/workspace/ops.yaml';

    /** Returns a bench with both, `chat` being the one with everything that a deployment may have. */
    async function startBoth(): Promise<OperationBench> {
      const bench = await OperationBench.onDeployment('teardown', {
        ...onKubeconfig,
        'license-key': 'license-0123456789',
      });
      bench.files.texts.set(
        resources,
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules' } }),
      );
      const chat = { ...onKubeconfig, name: 'chat', 'license-key': 'license-9876543210' };
      expect(await bench.run('deploy', { ...chat, resources })).toBeUndefined();
      expect(await bench.run('autoscale', chat)).toBeUndefined();
      bench.context.journal.report.phases.length = 0;
      bench.steps.length = 0;
      return bench;
    }

    const uidsOf = (bench: OperationBench, name: string): readonly unknown[] =>
      bench.cluster
        .list(pods)
        .filter(({ metadata }) => metadata.name.startsWith(`${name}-`))
        .map(({ metadata }) => metadata['uid']);

    it('deletes its objects only, and the namespace with the last one', async () => {
      await using bench = await startBoth();
      const before = uidsOf(bench, 'migratorydata');
      const given = { ...onKubeconfig, name: 'chat', 'wait-for-deletion': 'true' };
      expect(await bench.run('teardown', given)).toBeUndefined();
      const objects = [
        ...['horizontalpodautoscalers/chat-autoscale', 'statefulsets/chat', 'poddisruptionbudgets/chat-pdb'],
        ...['services/chat-cs', 'services/chat-hs', 'secrets/chat-secrets-1'],
        ...['secrets/chat-cluster-password-1', 'configmaps/rules', 'configmaps/migratorydata-aks-resources-chat'],
      ];
      expect(bench.steps).toEqual([taken, ...objects.map(object => `DELETE ${object} (lock)`), released]);
      expect([uidsOf(bench, 'chat'), uidsOf(bench, 'migratorydata')]).toEqual([[], before]);
      expect(bench.context.journal.report.phases[0]?.notes).toEqual([
        'Deployment chat is deleted.',
        'Namespace ns is kept, because it contains other deployments: migratorydata.',
      ]);
      expect([bench.output('deleted'), bench.left()]).toEqual([true, []]);

      bench.steps.length = 0;
      expect(await bench.run('teardown')).toBeUndefined();
      expect(bench.steps).toEqual([taken, deleted, released]);
    });

    it('reverts an experiment on the other one, whose record would stop it', async () => {
      await using bench = await startBoth();
      await leaveExperiment(bench.cluster);
      bench.steps.length = 0;
      expect(await bench.run('teardown', { ...onKubeconfig, name: 'chat' })).toBeUndefined();
      expect(bench.steps.slice(0, 3)).toEqual([taken, claimed, 'PATCH nodes/a (lock)']);
      expect(uidsOf(bench, 'migratorydata')).toHaveLength(3);
    });
  });
});
