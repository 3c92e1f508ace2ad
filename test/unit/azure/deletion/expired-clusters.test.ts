import { describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { parseCluster } from '../../../../src/azure/cluster/cluster.js';
import { parseGroup } from '../../../../src/azure/cluster/groups.js';
import { findExpired, findLostRunners, sweepExpired } from '../../../../src/azure/deletion/expired-clusters.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import {
  absent,
  clusterId,
  clusterJson,
  fails,
  groupJson,
  labWith,
  prints,
  ref,
  rejection,
  tagsOf,
  verbs,
} from '../fixtures.js';

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
    expect(found.map(({ kind, ref: at }) => `${kind} ${at.resourceGroup} ${at.clusterName}`)).toEqual([
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

describe('findLostRunners', () => {
  /** A cluster of anyone, with the tag of a runner. */
  const admitting = (value: string): ReturnType<typeof parseCluster> =>
    parseCluster(
      clusterJson({
        tags: { 'migratorydata-aks-range-0123456789ab': value },
        apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24', '198.51.100.7/32'] },
      }),
    );

  it.each([
    ['198.51.100.7/32_1767225599_acme/shop/1/a', ['has the ranges of lost runners: 198.51.100.7/32']],
    ['198.51.100.7/32_1999999999_acme/shop/1/a', []],
    ['198.51.100.7/32_1767225599_acme/shop-2/1/a', []],
    ['203.0.113.0/24_1767225599_acme/shop/1/a', []],
  ])('with the tag %s says %j', (value, reasons) => {
    expect(findLostRunners([admitting(value)], repositories, later).map(({ reason }) => reason)).toEqual(reasons);
  });
});

describe('sweepExpired', () => {
  const expired = { tags: { ...tagsOf(), 'expires-at': '1600000000' } };

  it('checks each again with current tags, and continues after a failure', async () => {
    const second = clusterJson({ ...expired, name: 'aks-two', id: clusterId.replace('aks-shop', 'aks-two') });
    const { azure, runner } = labWith(script =>
      script
        .on('ContainerService/managedClusters', prints([clusterJson(expired), second]))
        .on('/resourceGroups', prints([]))
        .on('GET resourceGroups/', prints(groupJson({ tags: {} })))
        .on('GET managedClusters/aks-shop', prints(clusterJson()))
        .on('GET managedClusters/', prints(second))
        .on('DELETE managedClusters/', fails('(ScopeLocked) scope(s) are locked')),
    );
    const swept = await sweepExpired(azure, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, false);
    expect(swept[0]?.deletion).toMatchObject({ deleted: 'nothing', refused: true });
    expect(swept[1]?.error).toMatchObject({ code: 'azure-locked' });
    expect(verbs(runner).filter(verb => verb.startsWith('DELETE managedClusters/'))).toHaveLength(1);
  });

  it('looks at several clusters at the same time, keeps those that are in use, and goes on', async () => {
    const names = ['aks-a', 'aks-b', 'aks-c'];
    const clusters = names.map(name => clusterJson({ ...expired, name, id: clusterId.replace('aks-shop', name) }));
    const { azure, runner } = labWith(script => {
      script.on('ContainerService/managedClusters', prints(clusters)).on('/resourceGroups', prints([]));
      script.on('GET resourceGroups/', prints(groupJson({ tags: {} }))).on('DELETE managedClusters/', {});
      const gone = { provisioningState: 'Deleting' };
      clusters.forEach((cluster, index) => {
        const { name, id } = cluster as { readonly name: string; readonly id: string };
        const deleting = prints(clusterJson({ ...expired, ...gone, name, id }));
        script.on(`GET managedClusters/${names[index] ?? ''}`, prints(cluster), prints(cluster), deleting);
      });
    });
    const guarded: string[] = [];
    const all = new EventEmitter();
    const swept = await sweepExpired(
      azure,
      ref.subscriptionId,
      repositories,
      false,
      ({ clusterName }) =>
        async begin => {
          guarded.push(clusterName);
          if (guarded.length < names.length) await once(all, 'guarded');
          else all.emit('guarded');
          if (clusterName === 'aks-b') throw new ActionError('locked', 'Another run works on namespace ns: run 7.');
          return begin(azure);
        },
    );
    expect(swept.map(({ ref: { clusterName }, deletion }) => [clusterName, deletion?.deleted])).toEqual([
      ['aks-a', 'cluster'],
      ['aks-b', 'nothing'],
      ['aks-c', 'cluster'],
    ]);
    expect(swept[1]).toMatchObject({
      deletion: { refused: true, reason: 'in use. Another run works on namespace ns: run 7.' },
    });
    expect(verbs(runner).filter(verb => verb.startsWith('DELETE'))).toHaveLength(2);
  });

  it('deletes an owned, empty group without looking for a cluster', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('ContainerService/managedClusters', prints([]))
        .on('/resourceGroups', prints([groupJson(expired)]))
        .on('GET resourceGroups/', prints(groupJson(expired)), absent)
        .on('GET rg-shop/resources', prints([]))
        .on('DELETE resourceGroups/', {}),
    );
    expect(await sweepExpired(azure, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, false)).toMatchObject([
      { deletion: { deleted: 'group' } },
    ]);
    expect(verbs(runner)).not.toContain('GET managedClusters/aks-shop');
  });

  it.each([
    ['Thu, 01 Jan 2026 00:59:59 GMT', 0],
    ['Thu, 01 Jan 2026 01:00:01 GMT', 1],
  ])('decides by the clock of Azure, not by that of the runner (%s)', async (date, count) => {
    const headers = { date };
    const { azure } = labWith(script =>
      script
        .on('ContainerService/managedClusters', { ...prints([clusterJson()]), headers })
        .on('/resourceGroups', { ...prints([]), headers })
        .on('GET ', { ...absent, headers }),
    );
    const swept = await sweepExpired(azure, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, true);
    expect(swept).toHaveLength(count);
  });

  it('deletes nothing in a dry run', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('ContainerService/managedClusters', prints([clusterJson(expired)]))
        .on('/resourceGroups', prints([]))
        .on('GET resourceGroups/', absent)
        .on('GET managedClusters/', absent),
    );
    expect(await sweepExpired(azure, '0b1f6471-1bf0-4dda-aec3-cb9272f09590', repositories, true)).toHaveLength(1);
    expect(runner.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([
    ['', repositories],
    ['0b1f6471-1bf0-4dda-aec3-cb9272f09590', []],
    ['0b1f6471-1bf0-4dda-aec3-cb9272f09590', ['']],
  ])('does not guess what to delete (subscription "%s", repositories %j)', async (subscription, of) => {
    const { azure, runner } = labWith(() => undefined);
    expect(await rejection(sweepExpired(azure, subscription, of, true))).toMatchObject({ code: 'invalid-input' });
    expect(runner.commands).toEqual([]);
  });
});
