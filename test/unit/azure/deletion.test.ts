import { describe, expect, it } from '@jest/globals';
import { deleteOurs, type Deletion, type DeletionOptions } from '../../../src/azure/deletion.js';
import { ownedByCreation, ownedForSweep, ownedForTeardown } from '../../../src/azure/ownership.js';
import type { CommandResult } from '../../../src/runtime/ports.js';
import type { ScriptedRunner } from '../fakes.js';
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
} from './fixtures.js';

const teardown: DeletionOptions = {
  owned: ownedForTeardown(owner, false),
  sameCreation: false,
  dryRun: false,
  waitMs: 0,
};
const onlyCluster = prints([{ id: clusterId.replace('resourceGroups', 'resourcegroups') }]);
const others = prints([
  { id: clusterId },
  { id: '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/x/storageAccounts/precious' },
]);
const deletingCluster = clusterJson({ provisioningState: 'Deleting' });
const foreign = { tags: { team: 'shop' } };

/** What a look at a group or a cluster prints: from its deletion on it is being deleted. */
function showing(runner: ScriptedRunner, what: 'group' | 'aks', json: unknown): Partial<CommandResult> {
  const state = { provisioningState: 'Deleting' };
  const deleting = { ...(json as object), ...(what === 'group' ? { properties: state } : state) };
  return {
    get stdout() {
      return JSON.stringify(verbs(runner).includes(`${what} delete`) ? deleting : json);
    },
  };
}

function lab(
  group: unknown,
  cluster: unknown,
  resources = onlyCluster,
  more?: (script: ScriptedRunner) => unknown,
): Lab {
  return labWith(script => {
    more?.(script);
    script.on('group show', group === undefined ? absent : showing(script, 'group', group));
    script.on('aks show', cluster === undefined ? absent : showing(script, 'aks', cluster));
    script.on('resource list', resources).on('delete', {});
  });
}

function deletions({ runner }: Lab): readonly string[] {
  return verbs(runner).filter(verb => verb.endsWith('delete'));
}

describe('deleteOurs', () => {
  it.each<[string, unknown, unknown, ReturnType<typeof prints>, Deletion['deleted'], readonly string[]]>([
    [
      'a group that we made and that holds only our cluster',
      groupJson(),
      clusterJson(),
      onlyCluster,
      'group',
      ['group delete'],
    ],
    ['a group that we made and that is empty', groupJson(), undefined, prints([]), 'group', ['group delete']],
    ['a group that we made but others use', groupJson(), clusterJson(), others, 'cluster', ['aks delete']],
    ['a cluster in a group of others', groupJson(foreign), clusterJson(), onlyCluster, 'cluster', ['aks delete']],
    [
      'a group of another leg',
      groupJson({ tags: tagsOf({ ...owner, instance: 'b' }) }),
      clusterJson(),
      onlyCluster,
      'cluster',
      ['aks delete'],
    ],
    ['nothing there', undefined, undefined, onlyCluster, 'nothing', []],
    ['no cluster, and a group of others', groupJson(foreign), undefined, prints([]), 'nothing', []],
    ['no cluster, and a group that we made but others use', groupJson(), undefined, others, 'nothing', []],
    [
      'a cluster of another leg',
      groupJson(),
      clusterJson({ tags: tagsOf({ ...owner, instance: 'b' }) }),
      onlyCluster,
      'nothing',
      [],
    ],
    ['a cluster of nobody', groupJson(), clusterJson(foreign), onlyCluster, 'nothing', []],
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
    expect((await deleteOurs(azure.az, ref, teardown)).deleted).toBe(deleted);
    expect(deletions(azure)).toEqual(commands);
  });

  it('names what keeps the group alive', async () => {
    const azure = lab(groupJson(), clusterJson(), others);
    expect((await deleteOurs(azure.az, ref, teardown)).reason).toContain('resource group rg-shop also holds precious');
  });

  it('deletes a cluster only as it was read, and looks again when it has changed', async () => {
    const changed = fails('(EtagMismatch) Etag mismatched');
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script
        .on('aks show', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster))
        .on('aks delete', changed, {}),
    );
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect(azure.runner.lines().filter(line => line.includes('--if-match etag-1'))).toHaveLength(2);
    expect(verbs(azure.runner).filter(verb => verb === 'aks show')).toHaveLength(3);
  });

  it('stops when somebody else took the cluster over in between', async () => {
    const azure = labWith(script =>
      script
        .on('group show', prints(groupJson(foreign)))
        .on('aks show', prints(clusterJson()), prints(clusterJson(foreign)))
        .on('aks delete', fails('(EtagMismatch) Etag mismatched')),
    );
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('does not pin a cluster that Azure is still changing by itself', async () => {
    const azure = lab(groupJson(foreign), clusterJson({ provisioningState: 'Creating' }));
    await deleteOurs(azure.az, ref, teardown);
    expect(deletions(azure)).toHaveLength(1);
    expect(azure.runner.lines().join('\n')).not.toContain('--if-match');
  });

  it('retries what passes, and takes "not found" for done', async () => {
    const busy = fails('(OperationNotAllowed) Another operation (nodepool1 - Updating) is in progress');
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script => script.on('aks delete', busy, absent));
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect(azure.clock.now()).toBe(30_000);
  });

  it('says that something is being deleted when that can be read, which may take seconds', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('aks show', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster)),
    );
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect([verbs(azure.runner).slice(-3), azure.clock.now()]).toEqual([['aks delete', 'aks show', 'aks show'], 2_000]);
  });

  it('fails when Azure accepts a deletion and does not begin it', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('aks show', prints(clusterJson())),
    );
    const error = await rejection(deleteOurs(azure.az, ref, teardown));
    expect(error).toMatchObject({
      code: 'delete-incomplete',
      message: 'Azure accepted the deletion of cluster aks-shop, but its state is still Succeeded after 15 s.',
    });
  });

  it('decides and deletes nothing in a dry run', async () => {
    const azure = lab(groupJson(), clusterJson());
    expect(await deleteOurs(azure.az, ref, { ...teardown, dryRun: true })).toMatchObject({ deleted: 'group' });
    expect(deletions(azure)).toEqual([]);
  });

  it('waits until it is gone where that was asked for', async () => {
    const azure = labWith(script =>
      script
        .on('group show', prints(groupJson()), prints(groupJson()), absent)
        .on('aks show', absent)
        .on('resource list', prints([]))
        .on('group delete', {}),
    );
    await deleteOurs(azure.az, ref, { ...teardown, waitMs: 600_000 });
    expect(verbs(azure.runner).filter(verb => verb === 'group show')).toHaveLength(3);
  });

  it('asks before it deletes a cluster, and keeps it when the answer is no', async () => {
    const azure = lab(groupJson(), clusterJson());
    const asked = deleteOurs(azure.az, ref, teardown, () => Promise.reject(new Error('at work')));
    await expect(asked).rejects.toThrow('at work');
    expect(verbs(azure.runner)).toEqual(['group show', 'aks show', 'resource list']);
    const empty = lab(groupJson(), undefined, prints([]));
    await deleteOurs(empty.az, ref, teardown, () => Promise.reject(new Error('at work')));
    expect(deletions(empty)).toEqual(['group delete']);
  });

  it('takes back by creation id alone in the post phase', async () => {
    const rule = (id: string): DeletionOptions => ({ ...teardown, owned: ownedByCreation(owner.repository, id) });
    const mine = lab(groupJson(), clusterJson());
    expect(await deleteOurs(mine.az, ref, rule('c-1'))).toMatchObject({ deleted: 'group' });
    const theirs = lab(groupJson(), clusterJson());
    expect(await deleteOurs(theirs.az, ref, rule('c-7'))).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('leaves a group made at another time than the cluster, in a sweep', async () => {
    const sweep = {
      ...teardown,
      owned: ownedForSweep(['acme/shop'], new Date(Date.UTC(2027, 0, 1))),
      sameCreation: true,
    };
    const azure = lab(groupJson({ tags: tagsOf(owner, 'c-9') }), clusterJson());
    expect(await deleteOurs(azure.az, ref, sweep)).toMatchObject({ deleted: 'cluster' });
  });
});
