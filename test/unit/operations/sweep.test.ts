import { describe, expect, it } from '@jest/globals';
import { clusterId, clusterJson, fails, groupJson, prints, ref, tagsOf } from '../azure/fixtures.js';
import { locked, shown, start, workOn } from './azure-bench.js';
import type { OperationBench } from './support.js';

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

  const notes = ({ context }: OperationBench): string =>
    context.journal.report.phases.flatMap(phase => phase.notes).join('\n');

  it('deletes what has expired, counts it, and leaves no kubeconfig as an output', async () => {
    await using bench: OperationBench = await start('sweep', ...rules(() => bench));
    expect(await bench.run('sweep', given)).toBeUndefined();
    expect(bench.steps.toSorted()).toEqual(['DELETE managedClusters/aks-shop', 'DELETE managedClusters/aks-two']);
    expect([bench.output('swept'), bench.phases(), bench.left()]).toEqual([2, ['sweep passed'], []]);
    expect(bench.output('kubeconfig')).toBeUndefined();
  });

  it('keeps a cluster on which a run works, says whose it is, and does not fail', async () => {
    const refusal = ['aks-two/listCluster', fails('(AuthorizationFailed) no')] as const;
    await using bench: OperationBench = await start('sweep', refusal, ...rules(() => bench));
    workOn(bench, 'shop');
    expect(await bench.run('sweep', { ...given, 'github-token': 'token-0001' })).toBeUndefined();
    expect([bench.output('swept'), bench.phases(), bench.left()]).toEqual([1, ['sweep passed'], []]);
    expect(notes(bench)).toMatch(
      /cluster rg-shop\/aks-shop, which expired at \S+: kept, in use\. Another run holds the lock on namespace shop: acme\/shop\/7\/chaos-0/,
    );
    // The other one cannot be asked, and costs money.
    expect(bench.steps.filter(step => step.startsWith('DELETE'))).toEqual([
      expect.stringMatching(/^DELETE managedClusters\/aks-two/),
    ]);
    expect(notes(bench)).toContain('Could not check whether another run works on cluster aks-two');
  });

  it('takes the lock of a run that has died, and leaves nothing to the post phase', async () => {
    const only = ['ContainerService/managedClusters', prints([clusterJson(old)])] as const;
    await using bench: OperationBench = await start('sweep', only, ...rules(() => bench));
    workOn(bench, 'shop');
    bench.cluster.scripts.pop();
    expect(await bench.run('sweep', given)).toBeUndefined();
    expect(bench.steps).toEqual(['POST namespaces/shop/leases (lock)', 'DELETE managedClusters/aks-shop (lock)']);
    expect([bench.output('swept'), bench.left()]).toEqual([1, []]);
  });

  it('leaves the lock to the post phase when Azure refuses the deletion', async () => {
    const only = ['ContainerService/managedClusters', prints([clusterJson(old)])] as const;
    await using bench: OperationBench = await start(
      'sweep',
      ['DELETE managedClusters/', locked],
      only,
      ...rules(() => bench),
    );
    workOn(bench, 'shop');
    bench.cluster.scripts.pop();
    expect((await bench.run('sweep', given))?.code).toBe('delete-incomplete');
    expect(bench.left()).toEqual(['lock']);
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
