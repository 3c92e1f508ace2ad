import { describe, expect, it } from '@jest/globals';
import type { Request } from '../../../src/operations/index.js';
import type { CommandResult } from '../../../src/runtime/ports.js';
import { absent, clusterId, clusterJson, fails, groupJson, prints, ref, tagsOf } from '../azure/fixtures.js';
import { namespaces, nodes, OperationBench, ours } from './support.js';

const onAks = {
  ...{
    provider: 'aks',
    'subscription-id': ref.subscriptionId,
    'resource-group': 'rg-shop',
    'cluster-name': 'aks-shop',
  },
  ...{ instance: 'check-0', namespace: 'ns', 'node-count': '3' },
};
const locked = fails('(ScopeLocked) The scope cannot perform delete operation because it is locked.');

/** A step on AKS. `given` are the first rules of az: the first that matches answers. */
async function start(
  operation: Request['operation'],
  ...given: readonly (readonly [string, ...Partial<CommandResult>[]])[]
): Promise<OperationBench> {
  const bench = await OperationBench.start(operation);
  bench.files.readText = () => Promise.resolve('users: []');
  for (const [text, ...answers] of given) bench.runner.on(text, ...answers);
  bench.runner.on('get-credentials', {}).on('PUT resourceGroups/', prints(groupJson())).on('aks create', {});
  bench.runner.on('GET rg-shop/resources', prints([{ id: clusterId }])).on('DELETE ', {});
  return bench;
}

/** The group or the cluster as Azure shows it: its state is Deleting once its deletion was asked for. */
function shown(bench: () => OperationBench, json: Readonly<Record<string, unknown>>): Partial<CommandResult> {
  const properties = { ...(json['properties'] as object), provisioningState: 'Deleting' };
  const deleting = { ...json, properties };
  return {
    get stdout() {
      const isAsked = (line: string): boolean =>
        line.startsWith('DELETE') && line.split(' ')[1]?.endsWith(`/${String(json['name'])}`) === true;
      return JSON.stringify(bench().runner.lines().some(isAsked) ? deleting : json);
    },
  };
}

describe('create', () => {
  const making = [
    ['GET resourceGroups/', absent],
    ['GET managedClusters/', prints(clusterJson())],
  ] as const;
  const made = ['created-cluster', 'created-resource-group', 'cluster-name', 'kubeconfig'];

  it.each([
    ['always', ['cluster'], ' (cluster)'],
    ['auto', [], ' (cluster)'],
    ['on-success', ['cluster'], ''],
    ['never', [], ''],
  ])('with teardown %s leaves %j to the post phase, also before each creation', async (teardown, left, guard) => {
    await using bench = await start('create', ...making);
    expect(await bench.run('create', { ...onAks, teardown })).toBeUndefined();
    expect(bench.steps).toEqual([`PUT resourceGroups/rg-shop${guard}`, `az aks create${guard}`]);
    expect([bench.phases(), bench.left()]).toEqual([['create passed', 'nodes passed'], left]);
    expect(made.map(name => bench.output(name))).toEqual([true, true, 'aks-shop', expect.stringContaining('/config')]);
  });

  it('knows the creation that is to be deleted by the same id as its tags', async () => {
    const creationId = (): string => / creation-id=(\S+)/.exec(bench.runner.lines().join('\n'))?.[1] ?? '';
    const cluster = {
      get stdout() {
        return JSON.stringify(clusterJson({ tags: { ...tagsOf(), 'creation-id': creationId() } }));
      },
    };
    await using bench: OperationBench = await start(
      'create',
      ['GET resourceGroups/', absent],
      ['GET managedClusters/', cluster],
    );
    await bench.run('create', { ...onAks, teardown: 'always' });
    expect(bench.context.undoLog.open()).toContainEqual(
      expect.objectContaining({ kind: 'cluster', creationId: creationId() }),
    );
    expect([creationId().length, bench.output('creation-id')]).toEqual([36, creationId()]);
  });

  it.each([
    ['the group', 'PUT resourceGroups/', ['PUT resourceGroups/rg-shop (cluster)']],
    ['the cluster', 'aks create', ['PUT resourceGroups/rg-shop (cluster)', 'az aks create (cluster)']],
  ])('that cannot make %s leaves what it may have made to be deleted', async (_, command, steps) => {
    const refusal = [command, fails('(RequestDisallowedByPolicy) Not here.')] as const;
    await using bench = await start(
      'create',
      refusal,
      ['GET resourceGroups/', absent],
      ['GET managedClusters/', absent],
    );
    const error = await bench.run('create', onAks);
    expect([error?.code, error?.message]).toEqual(['azure-policy', expect.stringContaining('Not here')]);
    expect([bench.steps, bench.phases(), bench.left()]).toEqual([steps, ['create failed'], ['cluster']]);
    expect(made.map(name => bench.output(name))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('that is cancelled while Azure makes the cluster leaves it to be deleted', async () => {
    await using bench = await start('create', ...making);
    bench.cancelAt('az aks create');
    expect((await bench.run('create', onAks))?.code).toBe('cancelled');
    expect([bench.phases(), bench.left()]).toEqual([['create failed'], ['cluster']]);
  });

  it('whose nodes do not come has the outputs of the cluster, and leaves it to be deleted', async () => {
    await using bench = await start('create', ...making);
    bench.cluster.delete(`${nodes}/c`);
    expect((await bench.run('create', onAks))?.code).toBe('nodes-not-ready');
    expect([bench.phases(), bench.left()]).toEqual([['create passed', 'nodes failed'], ['cluster']]);
    expect([bench.output('cluster-name'), bench.clock.now()]).toEqual(['aks-shop', 5 * 60_000 + 1_000]);
  });
});

describe('teardown on AKS', () => {
  const theirs = { tags: { team: 'shop' } };
  const found = (bench: () => OperationBench, group = groupJson(), cluster = clusterJson()) =>
    [
      ['GET resourceGroups/', shown(bench, group)],
      ['GET managedClusters/', shown(bench, cluster)],
    ] as const;
  const given = { ...onAks, 'wait-for-deletion': 'false' };

  async function open(...rules: Parameters<typeof start>[1][]): Promise<OperationBench> {
    const bench: OperationBench = await start('teardown', ...rules, ...found(() => bench));
    return bench;
  }

  it('takes the lock of the deployment before it deletes the group, and leaves nothing to the post phase', async () => {
    await using bench = await open();
    bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
    expect(await bench.run('teardown', given)).toBeUndefined();
    expect(bench.steps).toEqual(['POST leases (lock)', 'DELETE resourceGroups/rg-shop (lock)']);
    expect([bench.output('deleted'), bench.phases(), bench.left()]).toEqual([true, ['teardown passed'], []]);
  });

  it('deletes a cluster whose API server does not answer: nobody can work on it', async () => {
    await using bench = await open();
    bench.cluster.scripts.unshift((_, response) => {
      response.destroy();
      return true;
    });
    expect(await bench.run('teardown', given)).toBeUndefined();
    expect([bench.steps, bench.output('deleted'), bench.left()]).toEqual([['DELETE resourceGroups/rg-shop'], true, []]);
  });

  it('that Azure refuses passes that on, and leaves the lock to be given back', async () => {
    await using bench = await open(['DELETE resourceGroups/', locked]);
    bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
    expect((await bench.run('teardown', given))?.code).toBe('azure-locked');
    expect([bench.output('deleted'), bench.phases(), bench.left()]).toEqual([undefined, ['teardown failed'], ['lock']]);
  });

  it('deletes the namespace only, in a cluster of somebody else', async () => {
    await using bench: OperationBench = await start(
      'teardown',
      ...found(() => bench, groupJson(theirs), clusterJson(theirs)),
    );
    bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
    expect(await bench.run('teardown', given)).toBeUndefined();
    expect(bench.steps).toEqual(['POST leases (lock)', 'DELETE namespaces/ns (lock)']);
    expect([bench.output('deleted'), bench.left()]).toEqual([true, []]);
  });

  it('refuses what is not ours at all', async () => {
    await using bench: OperationBench = await start(
      'teardown',
      ...found(() => bench, groupJson(theirs), clusterJson(theirs)),
    );
    expect((await bench.run('teardown', given))?.code).toBe('ownership-mismatch');
    expect([bench.steps, bench.output('deleted'), bench.left()]).toEqual([[], undefined, []]);
  });

  it('finds nothing to delete, and says so', async () => {
    await using bench = await open(['GET resourceGroups/', absent], ['GET managedClusters/', absent]);
    expect(await bench.run('teardown', given)).toBeUndefined();
    expect([bench.steps, bench.output('deleted')]).toEqual([[], false]);
  });
});

describe('sweep', () => {
  const old = { tags: { ...tagsOf(), 'expires-at': '1600000000' } };
  const other = clusterJson({ ...old, name: 'aks-two', id: clusterId.replace('aks-shop', 'aks-two') });
  const rules = (bench: () => OperationBench) =>
    [
      ['ContainerService/managedClusters', prints([clusterJson(old), other])],
      ['/resourceGroups', prints([])],
      ['GET resourceGroups/', prints(groupJson({ tags: {} }))],
      ['GET managedClusters/aks-two', shown(bench, other)],
      ['GET managedClusters/', shown(bench, clusterJson(old))],
    ] as const;
  const given = { 'subscription-id': ref.subscriptionId, 'dry-run': 'false' };

  it('deletes one after the other, and counts them', async () => {
    await using bench: OperationBench = await start('sweep', ...rules(() => bench));
    expect(await bench.run('sweep', given)).toBeUndefined();
    expect(bench.steps).toEqual(['DELETE managedClusters/aks-shop', 'DELETE managedClusters/aks-two']);
    expect([bench.output('swept'), bench.phases(), bench.left()]).toEqual([2, ['sweep passed'], []]);
  });

  it('goes on after a refusal, counts the others, opens an issue, and fails in the end', async () => {
    const refusal = ['DELETE managedClusters/aks-shop', locked] as const;
    await using bench: OperationBench = await start('sweep', refusal, ...rules(() => bench));
    const error = await bench.run('sweep', { ...given, 'github-token': 'token-0001' });
    expect([error?.code, bench.output('swept')]).toEqual(['delete-incomplete', 1]);
    expect(bench.github.calls.map(({ method }) => method)).toEqual(['listOpen', 'create']);
    expect(bench.phases()).toEqual(['sweep failed']);
  });

  it('deletes nothing in a dry run, and opens no issue', async () => {
    await using bench: OperationBench = await start('sweep', ...rules(() => bench));
    const error = await bench.run('sweep', { ...given, 'github-token': 'token-0001', 'dry-run': 'true' });
    expect([error, bench.steps, bench.output('swept'), bench.github.calls]).toEqual([undefined, [], 2, []]);
  });
});
