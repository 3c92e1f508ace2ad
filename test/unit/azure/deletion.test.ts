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

/** The output for a group or a cluster: its state is Deleting after its deletion. */
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
      'an owned group that contains only the owned cluster',
      groupJson(),
      clusterJson(),
      onlyCluster,
      'group',
      ['group delete'],
    ],
    ['an owned, empty group', groupJson(), undefined, prints([]), 'group', ['group delete']],
    ['an owned group that others use', groupJson(), clusterJson(), others, 'cluster', ['aks delete']],
    ['a cluster in a foreign group', groupJson(foreign), clusterJson(), onlyCluster, 'cluster', ['aks delete']],
    [
      'a group of another matrix job',
      groupJson({ tags: tagsOf({ ...owner, instance: 'b' }) }),
      clusterJson(),
      onlyCluster,
      'cluster',
      ['aks delete'],
    ],
    ['no group', undefined, undefined, onlyCluster, 'nothing', []],
    ['no cluster, and a foreign group', groupJson(foreign), undefined, prints([]), 'nothing', []],
    ['no cluster, and an owned group that others use', groupJson(), undefined, others, 'nothing', []],
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
    expect((await deleteOurs(azure.az, ref, teardown)).deleted).toBe(deleted);
    expect(deletions(azure)).toEqual(commands);
  });

  it('names the resource that prevents the deletion of the group', async () => {
    const azure = lab(groupJson(), clusterJson(), others);
    expect((await deleteOurs(azure.az, ref, teardown)).reason).toContain(
      'resource group rg-shop also contains precious',
    );
  });

  it('deletes a cluster only if it is unchanged, and reads it again when it has changed', async () => {
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

  it('stops when another owner took over the cluster in between', async () => {
    const azure = labWith(script =>
      script
        .on('group show', prints(groupJson(foreign)))
        .on('aks show', prints(clusterJson()), prints(clusterJson(foreign)))
        .on('aks delete', fails('(EtagMismatch) Etag mismatched')),
    );
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('passes no etag for a cluster with an operation in progress', async () => {
    const azure = lab(groupJson(foreign), clusterJson({ provisioningState: 'Creating' }));
    await deleteOurs(azure.az, ref, teardown);
    expect(deletions(azure)).toHaveLength(1);
    expect(azure.runner.lines().join('\n')).not.toContain('--if-match');
  });

  it('retries transient errors, and accepts "not found" as success', async () => {
    const busy = fails('(OperationNotAllowed) Another operation (nodepool1 - Updating) is in progress');
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script => script.on('aks delete', busy, absent));
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect(azure.clock.now()).toBe(30_000);
  });

  it('reports a deletion when the state confirms it, which may take seconds', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('aks show', prints(clusterJson()), prints(clusterJson()), prints(deletingCluster)),
    );
    expect(await deleteOurs(azure.az, ref, teardown)).toMatchObject({ deleted: 'cluster' });
    expect([verbs(azure.runner).slice(-3), azure.clock.now()]).toEqual([['aks delete', 'aks show', 'aks show'], 2_000]);
  });

  it('fails when Azure accepts a deletion but does not start it', async () => {
    const azure = lab(groupJson(foreign), clusterJson(), onlyCluster, script =>
      script.on('aks show', prints(clusterJson())),
    );
    const error = await rejection(deleteOurs(azure.az, ref, teardown));
    expect(error).toMatchObject({
      code: 'delete-incomplete',
      message: 'Azure accepted the deletion of cluster aks-shop, but its state is still Succeeded after 15 s.',
    });
  });

  it('only decides in a dry run', async () => {
    const azure = lab(groupJson(), clusterJson());
    expect(await deleteOurs(azure.az, ref, { ...teardown, dryRun: true })).toMatchObject({ deleted: 'group' });
    expect(deletions(azure)).toEqual([]);
  });

  it('waits for the end of the deletion if requested', async () => {
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

  it('calls prepare before it deletes a cluster, and keeps the cluster when prepare fails', async () => {
    const azure = lab(groupJson(), clusterJson());
    const asked = deleteOurs(azure.az, ref, teardown, () => Promise.reject(new Error('at work')));
    await expect(asked).rejects.toThrow('at work');
    expect(verbs(azure.runner)).toEqual(['group show', 'aks show', 'resource list']);
    const empty = lab(groupJson(), undefined, prints([]));
    await deleteOurs(empty.az, ref, teardown, () => Promise.reject(new Error('at work')));
    expect(deletions(empty)).toEqual(['group delete']);
  });

  it('deletes only by creation id in the post phase', async () => {
    const rule = (id: string): DeletionOptions => ({ ...teardown, owned: ownedByCreation(owner.repository, id) });
    const mine = lab(groupJson(), clusterJson());
    expect(await deleteOurs(mine.az, ref, rule('c-1'))).toMatchObject({ deleted: 'group' });
    const theirs = lab(groupJson(), clusterJson());
    expect(await deleteOurs(theirs.az, ref, rule('c-7'))).toMatchObject({ deleted: 'nothing', refused: true });
  });

  it('keeps a group that was not created together with the cluster, in a sweep', async () => {
    const sweep = {
      ...teardown,
      owned: ownedForSweep(['acme/shop'], new Date(Date.UTC(2027, 0, 1))),
      sameCreation: true,
    };
    const azure = lab(groupJson({ tags: tagsOf(owner, 'c-9') }), clusterJson());
    expect(await deleteOurs(azure.az, ref, sweep)).toMatchObject({ deleted: 'cluster' });
  });
});
