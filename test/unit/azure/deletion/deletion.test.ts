import { describe, expect, it } from '@jest/globals';
import {
  deleteOurs,
  type Deletion,
  type DeletionGuard,
  type DeletionOptions,
} from '../../../../src/azure/deletion/deletion.js';
import { ownedByCreation, ownedForSweep, ownedForTeardown } from '../../../../src/azure/ownership/ownership.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import {
  absent,
  clusterId,
  clusterJson,
  fails,
  groupJson,
  type Lab,
  labWith,
  owner,
  prints,
  ref,
  rejection,
  tagsOf,
  verbs,
} from '../fixtures.js';
import type { Answer, ScriptedAzure } from '../scripted-azure.js';

const teardown: DeletionOptions = {
  owned: ownedForTeardown(owner, false),
  sameCreation: false,
  dryRun: false,
  waitMs: 0,
};
const onlyCluster = prints([{ id: clusterId.replace('resourceGroups', 'resourcegroups') }]);
const precious = { id: '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/x/storageAccounts/precious' };
const others = prints([{ id: clusterId }, precious]);
const deletingCluster = clusterJson({ provisioningState: 'Deleting' });
const foreign = { tags: { team: 'shop' } };

/** The output for a group or a cluster: its state is Deleting after its deletion. */
function showing(runner: ScriptedAzure, json: object): Answer {
  const { properties, name } = json as { readonly properties: object; readonly name: string };
  const deleting = { ...json, properties: { ...properties, provisioningState: 'Deleting' } };
  const isAsked = (verb: string): boolean => verb.startsWith('DELETE') && verb.endsWith(`/${name}`);
  return {
    get stdout() {
      return JSON.stringify(verbs(runner).some(isAsked) ? deleting : json);
    },
  };
}

function lab(
  group: object | undefined,
  cluster: object | undefined,
  resources = onlyCluster,
  more?: (script: ScriptedAzure) => unknown,
): Lab {
  return labWith(script => {
    more?.(script);
    script.on('GET resourceGroups/', group === undefined ? absent : showing(script, group));
    script.on('GET managedClusters/', cluster === undefined ? absent : showing(script, cluster));
    script.on('GET rg-shop/resources', resources).on('DELETE ', {});
  });
}

function deletions({ runner }: Lab): readonly string[] {
  return verbs(runner).filter(verb => verb.startsWith('DELETE'));
}

describe('deleteOurs', () => {
  it.each<
    [string, object | undefined, object | undefined, ReturnType<typeof prints>, Deletion['deleted'], readonly string[]]
  >([
    [
      'an owned group that contains only the owned cluster',
      groupJson(),
      clusterJson(),
      onlyCluster,
      'group',
      ['DELETE resourceGroups/rg-shop'],
    ],
    ['an owned, empty group', groupJson(), undefined, prints([]), 'group', ['DELETE resourceGroups/rg-shop']],
    [
      'an owned group that others use',
      groupJson(),
      clusterJson(),
      others,
      'cluster',
      ['DELETE managedClusters/aks-shop'],
    ],
    [
      'a cluster in a foreign group',
      groupJson(foreign),
      clusterJson(),
      onlyCluster,
      'cluster',
      ['DELETE managedClusters/aks-shop'],
    ],
    [
      'a group of another matrix job',
      groupJson({ tags: tagsOf({ ...owner, instance: 'b' }) }),
      clusterJson(),
      onlyCluster,
      'cluster',
      ['DELETE managedClusters/aks-shop'],
    ],
    ['no group', undefined, undefined, onlyCluster, 'nothing', []],
    ['no cluster, and a foreign group', groupJson(foreign), undefined, prints([]), 'nothing', []],
    ['no cluster, and an owned group that others use', groupJson(), undefined, prints([precious]), 'nothing', []],
    [
      'a cluster of another matrix job',
      groupJson(),
      clusterJson({ tags: tagsOf({ ...owner, instance: 'b' }) }),
      onlyCluster,
      'nothing',
      [],
    ],
    ['a cluster without an owner', groupJson(), clusterJson(foreign), onlyCluster, 'nothing', []],
    [
      'a cluster that is being deleted',
      groupJson(foreign),
      clusterJson({ provisioningState: 'Deleting' }),
      onlyCluster,
      'nothing',
      [],
    ],
  ])('with %s', async (_, group, cluster, resources, deleted, commands) => {
    const azure = lab(group, cluster, resources);
    expect((await deleteOurs(azure.azure, ref, teardown)).deleted).toBe(deleted);
    expect(deletions(azure)).toEqual(commands);
  });

  it('names the resource that prevents the deletion of the group', async () => {
    const azure = lab(groupJson(), clusterJson(), others);
    expect((await deleteOurs(azure.azure, ref, teardown)).reason).toContain(
      'resource group rg-shop also contains precious',
    );
  });

  it('deletes a cluster only if it is unchanged, and reads it again when it has changed', async () => {
    const changed = fails('(EtagMismatch) Etag mismatched');
    const again = clusterJson({ eTag: 'etag-2' });
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script
        .on('GET managedClusters/', prints(clusterJson()), prints(again), prints(deletingCluster))
        .on('DELETE managedClusters/', changed, {}),
    );
    expect(await deleteOurs(azure.azure, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    const conditions = azure.runner.requests.map(({ headers }) => headers['if-match']);
    expect(conditions.filter(condition => condition !== undefined)).toEqual(['etag-1', 'etag-2']);
    expect(verbs(azure.runner).filter(verb => verb === 'GET managedClusters/aks-shop')).toHaveLength(3);
  });

  it('deletes without a condition when Azure refuses the etag that it returns, and we still own the cluster', async () => {
    const refused = fails('(EtagMismatch) Etag mismatched');
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script
        .on('GET managedClusters/', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster))
        .on('DELETE managedClusters/', refused, {}),
    );
    expect(await deleteOurs(azure.azure, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    const tries = azure.runner.requests.filter(({ method }) => method === 'DELETE');
    expect(tries.map(({ headers }) => headers['if-match'])).toEqual(['etag-1', undefined]);
  });

  it('gives up when the cluster changes each time', async () => {
    const etags = ['a', 'b', 'c', 'd'].map(eTag => prints(clusterJson({ eTag })));
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script
        .on('GET managedClusters/', ...etags)
        .on('DELETE managedClusters/', fails('(EtagMismatch) Etag mismatched')),
    );
    expect(await rejection(deleteOurs(azure.azure, ref, teardown))).toMatchObject({ code: 'azure-precondition' });
    expect(deletions(azure)).toHaveLength(3);
  });

  it('stops when another owner took over the cluster in between', async () => {
    const azure = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson(foreign)))
        .on('GET managedClusters/', prints(clusterJson()), prints(clusterJson(foreign)))
        .on('DELETE managedClusters/', fails('(EtagMismatch) Etag mismatched')),
    );
    expect(await deleteOurs(azure.azure, ref, teardown)).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('passes no etag for a cluster with an operation in progress', async () => {
    const azure = lab(groupJson(foreign), clusterJson({ provisioningState: 'Creating' }));
    await deleteOurs(azure.azure, ref, teardown);
    expect(deletions(azure)).toHaveLength(1);
    expect(azure.runner.lines().join('\n')).not.toContain('if-match');
  });

  it('retries transient errors, and accepts "not found" as success', async () => {
    const busy = fails('(OperationNotAllowed) Another operation (nodepool1 - Updating) is in progress');
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('DELETE managedClusters/', busy, absent),
    );
    expect(await deleteOurs(azure.azure, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect(azure.clock.now()).toBe(1_000);
  });

  it('reports a deletion when the state confirms it, which may take seconds', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('GET managedClusters/', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster)),
    );
    expect(await deleteOurs(azure.azure, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect([verbs(azure.runner).slice(-3), azure.clock.now()]).toEqual([
      ['DELETE managedClusters/aks-shop', 'GET managedClusters/aks-shop', 'GET managedClusters/aks-shop'],
      500,
    ]);
  });

  it('fails when Azure accepts a deletion but does not start it', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('GET managedClusters/', prints(clusterJson())),
    );
    const error = await rejection(deleteOurs(azure.azure, ref, teardown));
    expect(error).toMatchObject({
      code: 'delete-incomplete',
      message: 'Azure accepted the deletion of cluster aks-shop, but its state is still Succeeded after 15 s.',
    });
  });

  it('only decides in a dry run', async () => {
    const azure = lab(groupJson(), clusterJson());
    expect(await deleteOurs(azure.azure, ref, { ...teardown, dryRun: true })).toMatchObject({ deleted: 'group' });
    expect(deletions(azure)).toEqual([]);
  });

  it('waits for the end of the deletion if requested', async () => {
    const azure = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson()), prints(groupJson()), absent)
        .on('GET managedClusters/', absent)
        .on('GET rg-shop/resources', prints([]))
        .on('DELETE resourceGroups/', {}),
    );
    await deleteOurs(azure.azure, ref, { ...teardown, waitMs: 600_000 });
    expect(verbs(azure.runner).filter(verb => verb === 'GET resourceGroups/rg-shop')).toHaveLength(3);
  });

  it('asks the guard before it deletes a cluster, and keeps the cluster when the guard throws', async () => {
    const azure = lab(groupJson(), clusterJson());
    const atWork: DeletionGuard = () => Promise.reject(new Error('at work'));
    await expect(deleteOurs(azure.azure, ref, teardown, atWork)).rejects.toThrow('at work');
    expect(verbs(azure.runner)).toEqual([
      'GET resourceGroups/rg-shop',
      'GET managedClusters/aks-shop',
      'GET rg-shop/resources',
    ]);
    const empty = lab(groupJson(), undefined, prints([]));
    await deleteOurs(empty.azure, ref, teardown, atWork);
    expect(deletions(empty)).toEqual(['DELETE resourceGroups/rg-shop']);
  });

  it('decides again under the guard, which may have taken minutes', async () => {
    const azure = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson()))
        .on('GET managedClusters/', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster))
        .on('GET rg-shop/resources', onlyCluster, others)
        .on('DELETE ', {}),
    );
    const deletion = await deleteOurs(azure.azure, ref, teardown, begin => begin(azure.azure));
    expect(deletion).toMatchObject({ deleted: 'cluster' });
    expect(deletions(azure)).toEqual(['DELETE managedClusters/aks-shop']);
  });

  it('keeps a cluster whose expiry a run has moved while the guard waited', async () => {
    const renewed = prints(clusterJson({ tags: { ...tagsOf(), 'expires-at': '1999999999' } }));
    const azure = lab(groupJson(), clusterJson(), onlyCluster, script =>
      script.on('GET managedClusters/', prints(clusterJson()), renewed),
    );
    const options = { ...teardown, owned: ownedForSweep(['acme/shop'], new Date(Date.UTC(2026, 0, 2))) };
    const deletion = await deleteOurs(azure.azure, ref, options, begin => begin(azure.azure));
    expect(deletion).toMatchObject({ deleted: 'nothing', refused: true });
    expect(deletions(azure)).toEqual([]);
  });

  it('deletes nothing any more when the guard is lost before the request', async () => {
    const azure = lab(groupJson(), clusterJson());
    const lost = new AbortController();
    const deletion = deleteOurs(azure.azure, ref, teardown, begin => {
      lost.abort(new ActionError('lock-lost', 'Another run has taken the lock.'));
      return begin(azure.azure.withSignal(lost.signal));
    });
    expect(await rejection(deletion)).toMatchObject({ code: 'lock-lost' });
    expect(deletions(azure)).toEqual([]);
  });

  it('deletes only by creation id in the post phase', async () => {
    const rule = (id: string): DeletionOptions => ({ ...teardown, owned: ownedByCreation(owner.repository, id) });
    const mine = lab(groupJson(), clusterJson());
    expect(await deleteOurs(mine.azure, ref, rule('c-1'))).toMatchObject({ deleted: 'group' });
    const theirs = lab(groupJson(), clusterJson());
    expect(await deleteOurs(theirs.azure, ref, rule('c-7'))).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('keeps a group that was not created together with the cluster, in a sweep', async () => {
    const sweep = {
      ...teardown,
      owned: ownedForSweep(['acme/shop'], new Date(Date.UTC(2027, 0, 1))),
      sameCreation: true,
    };
    const azure = lab(groupJson({ tags: tagsOf(owner, 'c-9') }), clusterJson());
    expect(await deleteOurs(azure.azure, ref, sweep)).toMatchObject({ deleted: 'cluster' });
  });
});
