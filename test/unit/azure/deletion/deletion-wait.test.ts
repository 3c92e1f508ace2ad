import { describe, expect, it } from '@jest/globals';
import { deleteOurs, type Deletion, type DeletionOptions } from '../../../../src/azure/deletion/deletion.js';
import { ownedForTeardown } from '../../../../src/azure/ownership/ownership.js';
import {
  absent,
  fails,
  clusterId,
  clusterJson,
  groupJson,
  type Lab,
  labWith,
  owner,
  prints,
  ref,
  rejection,
} from '../fixtures.js';
import { type Answer, endpoint, type ScriptedAzure } from '../scripted-azure.js';

const minuteMs = 60_000;
const options: DeletionOptions = {
  owned: ownedForTeardown(owner, false),
  sameCreation: false,
  dryRun: false,
  waitMs: 20 * minuteMs,
};
const accepted: Answer = { status: 202, headers: { location: `${endpoint}/x/operationresults/delete-1` } };
const running: Answer = { status: 202 };
const [cluster, deletingCluster, failedCluster] = ['Succeeded', 'Deleting', 'Failed'].map(provisioningState =>
  prints(clusterJson({ provisioningState })),
) as [Answer, Answer, Answer];
const [group, deletingGroup] = ['Succeeded', 'Deleting'].map(provisioningState =>
  prints(groupJson({ properties: { provisioningState } })),
) as [Answer, Answer];
const foreignGroup = prints(groupJson({ tags: {} }));

/** A lab where the group and the cluster have these states one after the other, and the polls these answers. */
function lab(groups: readonly Answer[], clusters: readonly Answer[], ...polls: readonly Answer[]): Lab {
  return labWith((script: ScriptedAzure) =>
    script
      .on('GET rg-shop/resources', prints([{ id: clusterId }]))
      .on('DELETE ', accepted)
      .on('GET operationresults/', ...polls)
      .on('GET resourceGroups/', ...groups)
      .on('GET managedClusters/', ...clusters),
  );
}

function remove({ azure }: Lab, waitMs = options.waitMs): Promise<Deletion> {
  return deleteOurs(azure, ref, { ...options, waitMs });
}

describe('deleteOurs with a time to wait', () => {
  it('waits for the operation, and then until the group is gone', async () => {
    const azure = lab([group, deletingGroup, absent], [cluster], running, running, { status: 200 });
    expect(await remove(azure)).toMatchObject({ deleted: 'group' });
    expect(azure.runner.lines().slice(-6)).toEqual([
      'DELETE resourceGroups/rg-shop',
      ...Array<string>(3).fill('GET operationresults/delete-1'),
      ...Array<string>(2).fill('GET resourceGroups/rg-shop'),
    ]);
  });

  it('reports a deletion that fails at once, with the reason of Azure', async () => {
    const error = { code: 'ResourceGroupDeletionBlocked', message: 'Deletion of subnet failed: it is in use.' };
    const azure = lab([group], [cluster], running, { status: 409, stdout: JSON.stringify({ error }) });
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'delete-incomplete',
      message:
        'The deletion of resource group rg-shop failed: Could not delete resource group rg-shop: (ResourceGroupDeletionBlocked) Deletion of subnet failed: it is in use.',
      hint: 'Something else still uses a resource that is to be deleted: remove what the message names, then delete again.',
    });
    expect(azure.clock.now()).toBeLessThan(2_000);
  });

  it('reports the reason of a failed operation of a cluster', async () => {
    const error = { code: 'InUseSubnetCannotBeDeleted', message: 'in use' };
    const azure = lab([foreignGroup], [cluster], prints({ status: 'Failed', error }));
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'delete-incomplete',
      message: expect.stringContaining('The deletion of cluster aks-shop failed: '),
    });
  });

  it('waits for the resource when the URL of the operation expires first', async () => {
    const azure = lab([foreignGroup], [cluster, deletingCluster, deletingCluster, absent], running, absent);
    expect(await remove(azure)).toMatchObject({ deleted: 'cluster' });
  });

  it('goes by the state of the resource when the login may not read the operation', async () => {
    const forbidden = fails('(AuthorizationFailed) The client may not read operations of the subscription.');
    const azure = lab([foreignGroup], [cluster, deletingCluster, deletingCluster, absent], forbidden);
    expect(await remove(azure)).toMatchObject({ deleted: 'cluster' });
  });

  it('reports a cluster that is no longer being deleted after the URL of the operation has expired', async () => {
    const azure = lab([foreignGroup], [cluster, cluster, deletingCluster, failedCluster], absent);
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'delete-incomplete',
      message: 'The deletion of cluster aks-shop failed: its state is Failed.',
    });
  });

  it('is an error at the limit', async () => {
    const azure = lab([group], [cluster], running);
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'azure-being-deleted',
      message: 'The resource group rg-shop is still being deleted after 20m 00s.',
    });
    expect(azure.clock.now()).toBe(20 * minuteMs);
  });
});

describe('deleteOurs for a deletion of somebody else', () => {
  it('waits until the resource is gone', async () => {
    const azure = lab([foreignGroup], [deletingCluster, deletingCluster, absent]);
    expect(await remove(azure)).toMatchObject({ deleted: 'nothing', refused: false });
    expect(azure.runner.lines().some(line => line.startsWith('DELETE'))).toBe(false);
  });

  it.each([
    ['at once', [deletingCluster, failedCluster]],
    ['later', [deletingCluster, deletingCluster, failedCluster]],
  ])('reports that it failed %s', async (_, states) => {
    const azure = lab([foreignGroup], states);
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'delete-incomplete',
      message: 'The deletion of cluster aks-shop failed: its state is Failed.',
    });
    expect(azure.clock.now()).toBeLessThan(2_000);
  });

  it('reports a group that returns to its former state', async () => {
    const azure = lab([deletingGroup, deletingGroup, group], [absent]);
    expect(await rejection(remove(azure))).toMatchObject({
      code: 'delete-incomplete',
      message: 'The deletion of resource group rg-shop failed: its state is Succeeded.',
    });
  });

  it('is an error at the limit', async () => {
    const azure = lab([deletingGroup], [absent]);
    expect(await rejection(remove(azure))).toMatchObject({ code: 'azure-being-deleted' });
    expect(azure.clock.now()).toBe(20 * minuteMs);
  });

  it('does not wait without a time to wait', async () => {
    const azure = lab([deletingGroup], [absent]);
    expect(await remove(azure, 0)).toMatchObject({ deleted: 'nothing' });
    expect(azure.clock.now()).toBe(0);
  });
});
