import { describe, expect, it } from '@jest/globals';
import { parseCluster } from '../../../src/azure/cluster.js';
import { findExpired, sweepExpired } from '../../../src/azure/expired-clusters.js';
import { parseGroup } from '../../../src/azure/groups.js';
import {
  absent,
  clusterId,
  clusterJson,
  fails,
  groupJson,
  labWith,
  prints,
  rejection,
  tagsOf,
  verbs,
} from './fixtures.js';

const later = new Date(Date.UTC(2026, 0, 2));
const repositories = ['acme/shop'];

describe('findExpired', () => {
  const clusters = [
    clusterJson(),
    clusterJson({ name: 'young', tags: { ...tagsOf(), 'expires-at': '1999999999' } }),
  ].map(parseCluster);

  it('finds expired clusters, and expired groups without a cluster', () => {
    const groups = [groupJson(), groupJson({ name: 'rg-empty' })].map(parseGroup);
    const found = findExpired(clusters, groups, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, later);
    expect(found.map(({ kind, ref }) => `${kind} ${ref.resourceGroup} ${ref.clusterName}`)).toEqual([
      'cluster rg-shop aks-shop',
      'group rg-empty ',
    ]);
  });

  it('never returns a node resource group, which has the tags of its cluster', () => {
    const node = parseGroup(groupJson({ name: 'MC_rg-shop_aks-shop_eastus', managedBy: clusterId }));
    expect(findExpired([], [node], '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, later)).toEqual([]);
  });

  it('ignores resources of another repository', () => {
    expect(findExpired(clusters, [], '0b1f6471-1bf0-4dda-aec3-cb9272f09590', ['acme/other'], later)).toEqual([]);
  });
});

describe('sweepExpired', () => {
  const expired = { tags: { ...tagsOf(), 'expires-at': '1600000000' } };

  it('checks each again with current tags, and continues after a failure', async () => {
    const second = clusterJson({ ...expired, name: 'aks-two', id: clusterId.replace('aks-shop', 'aks-two') });
    const { az, runner } = labWith(script =>
      script
        .on('aks list', prints([clusterJson(expired), second]))
        .on('group list', prints([]))
        .on('group show', prints(groupJson({ tags: {} })))
        .on('aks show --resource-group rg-shop --name aks-shop', prints(clusterJson()))
        .on('aks show', prints(second))
        .on('aks delete', fails('(ScopeLocked) scope(s) are locked')),
    );
    const swept = await sweepExpired(az, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, false);
    expect(swept[0]?.deletion).toMatchObject({ deleted: 'nothing', refused: true });
    expect(swept[1]?.error).toMatchObject({ code: 'azure-locked' });
    expect(verbs(runner).filter(verb => verb === 'aks delete')).toHaveLength(1);
  });

  it('deletes an owned, empty group without looking for a cluster', async () => {
    const { az, runner } = labWith(script =>
      script
        .on('aks list', prints([]))
        .on('group list', prints([groupJson(expired)]))
        .on('group show', prints(groupJson(expired)), absent)
        .on('resource list', prints([]))
        .on('group delete', {}),
    );
    expect(await sweepExpired(az, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, false)).toMatchObject([
      { deletion: { deleted: 'group' } },
    ]);
    expect(verbs(runner)).not.toContain('aks show');
  });

  it('deletes nothing in a dry run', async () => {
    const { az, runner } = labWith(script =>
      script
        .on('aks list', prints([clusterJson(expired)]))
        .on('group list', prints([]))
        .on('group show', absent),
    );
    expect(await sweepExpired(az, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, true)).toHaveLength(1);
    expect(verbs(runner)).toEqual(['aks list', 'group list', 'group show']);
  });

  it.each([
    ['', repositories],
    ['0b1f6471-1bf0-4dda-aec3-cb9272f09590', []],
    ['0b1f6471-1bf0-4dda-aec3-cb9272f09590', ['']],
  ])('does not guess what to delete (subscription "%s", repositories %j)', async (subscription, of) => {
    const { az, runner } = labWith(() => undefined);
    expect(await rejection(sweepExpired(az, subscription, of, true))).toMatchObject({ code: 'invalid-input' });
    expect(runner.commands).toEqual([]);
  });
});
