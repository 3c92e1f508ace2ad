import { describe, expect, it } from '@jest/globals';
import { absent, clusterJson, fails, groupJson, prints, tagsOf } from '../azure/fixtures.js';
import { refuse } from '../kubernetes/fake-cluster.js';
import { locked, onAks, shown, start, workOn } from './azure-bench.js';
import { namespaces, nodes, type OperationBench, ours } from './support.js';

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

  it('keeps a cluster while another run works on another namespace of it', async () => {
    await using bench = await open();
    workOn(bench, 'other');
    const error = await bench.run('teardown', given);
    expect([error?.code, error?.message]).toEqual(['locked', expect.stringContaining('acme/shop/7/chaos-0')]);
    expect(bench.steps.filter(step => step.startsWith('DELETE'))).toEqual([]);
    expect([bench.output('deleted'), bench.left()]).toEqual([undefined, []]);
  });

  it('checks its own namespace even if it may not list the locks on others', async () => {
    await using bench = await open();
    bench.cluster.scripts.unshift(({ path }, response) => {
      if (path !== '/apis/coordination.k8s.io/v1/leases') return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    workOn(bench, 'ns');
    expect((await bench.run('teardown', given))?.code).toBe('locked');
    bench.cluster.scripts.pop();
    bench.steps.length = 0;
    expect(await bench.run('teardown', given)).toBeUndefined();
    expect(bench.steps).toEqual(['POST leases (lock)', 'DELETE resourceGroups/rg-shop (lock)']);
  });

  it('keeps a cluster that can be asked and refuses the lock', async () => {
    await using bench = await open();
    bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
    bench.failAt('POST leases');
    expect((await bench.run('teardown', given))?.code).toBe('api-forbidden');
    expect(bench.steps.filter(step => step.startsWith('DELETE resource'))).toEqual([]);
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
    const lease = 'leases/migratorydata-aks (lock)';
    expect(bench.steps).toEqual(['POST leases (lock)', 'DELETE namespaces/ns (lock)', `DELETE ${lease}`]);
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

describe('a step on a cluster that expires', () => {
  const soon = clusterJson({ tags: { ...tagsOf(), 'expires-at': String(Date.UTC(2026, 0, 1, 1) / 1000) } });
  const given = { ...onAks, timeout: '40m' };
  const moved = String(Date.UTC(2026, 0, 1, 1, 10) / 1000);

  it('moves the expiry to half an hour after its timeout before it takes the lock', async () => {
    await using bench = await start('recover', ['GET managedClusters/', prints(soon)], ['PATCH ', {}]);
    bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
    expect(await bench.run('recover', given)).toBeUndefined();
    expect(bench.steps).toEqual(['PATCH tags/default', 'POST leases (lock)', 'DELETE leases/migratorydata-aks (lock)']);
    expect(bench.runner.requests.find(({ method }) => method === 'PATCH')?.body).toContain(`"expires-at":"${moved}"`);
  });

  it('works on with a warning when it may not change the tags', async () => {
    const refusal = fails('(AuthorizationFailed) The client may not write tags.');
    await using bench = await start('recover', ['GET managedClusters/', prints(soon)], ['PATCH ', refusal]);
    expect(await bench.run('recover', given)).toBeUndefined();
    const { warnings } = bench.context.journal.report;
    expect(warnings).toEqual([expect.stringContaining('A sweep may delete cluster aks-shop during this step')]);
  });

  it('changes nothing when it expires late enough', async () => {
    await using bench = await start('recover', ['GET managedClusters/', prints(soon)]);
    expect(await bench.run('recover', { ...onAks, timeout: '30m' })).toBeUndefined();
    const reads = bench.runner.lines().filter(line => line.startsWith('GET'));
    // For its expiry, and for what lost runners have left in its authorized ranges.
    expect([bench.steps, reads]).toEqual([[], ['GET managedClusters/aks-shop', 'GET managedClusters/aks-shop']]);
  });
});
