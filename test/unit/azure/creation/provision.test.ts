import { describe, expect, it } from '@jest/globals';
import { provision } from '../../../../src/azure/creation/provision.js';
import { absent, clusterJson, groupJson, labWith, owner, prints, ref, spec, verbs } from '../fixtures.js';
import type { Answer } from '../scripted-azure.js';

const plan = {
  target: ref,
  spec: { ...spec, ttlMs: 4 * 3_600_000 },
  owner,
  creationId: 'c-1',
  deadlineMs: 25 * 60_000,
};

describe('provision', () => {
  it('needs one az process, three requests for the group, and polling for a new group and cluster', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('GET resourceGroups/', absent)
        .on('PUT resourceGroups/', prints(groupJson()))
        .on('aks create', {})
        .on('GET managedClusters/', prints(clusterJson())),
    );
    const ids: string[] = [];
    const result = await provision(azure, plan, id => ids.push(id));
    expect(verbs(runner)).toEqual([
      'GET resourceGroups/rg-shop',
      'GET resourceGroups/rg-shop',
      'PUT resourceGroups/rg-shop',
      'az aks create',
      'GET managedClusters/aks-shop',
    ]);
    expect(result).toMatchObject({
      createdCluster: true,
      createdGroup: true,
      creationId: 'c-1',
      expiresAt: '1767229200',
    });
    expect(ids).toEqual(['c-1', 'c-1']);
  });

  it('sets the same tags on group, cluster and pool, and disables upgrades for a cluster that expires', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('GET resourceGroups/', absent)
        .on('PUT ', prints(groupJson()))
        .on('create', {})
        .on('GET managedClusters/', prints(clusterJson())),
    );
    await provision(azure, plan, () => undefined);
    const tags = 'creation-id=c-1 created-at=1767225601 expires-at=1767240001';
    expect(runner.requests[2]?.body).toContain(
      '"creation-id":"c-1","created-at":"1767225601","expires-at":"1767240001"',
    );
    expect(runner.lines()[3]?.split(tags)).toHaveLength(3);
    expect(runner.lines()[3]).toContain('--node-os-upgrade-channel None');
  });

  it('takes the times in the tags from the clock of Azure', async () => {
    const missing: Answer = { ...absent, headers: { date: 'Thu, 01 Jan 2026 10:00:00 GMT' } };
    const { azure, runner } = labWith(script =>
      script
        .on('GET resourceGroups/', missing)
        .on('PUT ', prints(groupJson()))
        .on('create', {})
        .on('GET managedClusters/', prints(clusterJson())),
    );
    await provision(azure, plan, () => undefined);
    expect(runner.requests[2]?.body).toContain('"created-at":"17672616');
  });

  it('uses the creation id of a group that a former attempt created for the cluster', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson()))
        .on('aks create', {})
        .on('GET managedClusters/', absent, absent, prints(clusterJson())),
    );
    const again = { ...plan, owner: { ...owner, attempt: '2' }, creationId: 'c-2' };
    const result = await provision(azure, again, () => undefined);
    expect(runner.lines().find(line => line.includes('aks create'))).toContain('creation-id=c-1');
    expect(result).toMatchObject({ creationId: 'c-1', createdGroup: false, createdCluster: true });
  });

  it('renews the expiry of a reused cluster only if this repository owns it', async () => {
    const reuse = {
      ...plan,
      spec: { ...plan.spec, existingCluster: 'reuse' as const },
      owner: { ...owner, runId: '9' },
      creationId: 'c-9',
    };
    const ours = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson()))
        .on('GET managedClusters/', prints(clusterJson()))
        .on('PATCH tags/default', {}),
    );
    expect(await provision(ours.azure, reuse, () => undefined)).toMatchObject({
      createdCluster: false,
      expiresAt: '1767240000',
    });
    expect(ours.runner.lines().at(-1)).toBe(
      'PATCH tags/default {"operation":"Merge","properties":{"tags":{"expires-at":"1767240000"}}}',
    );
    const theirs = labWith(script =>
      script
        .on('GET resourceGroups/', prints(groupJson()))
        .on('GET managedClusters/', prints(clusterJson({ tags: {} }))),
    );
    expect(await provision(theirs.azure, reuse, () => undefined)).toMatchObject({ creationId: '', expiresAt: '' });
    expect(verbs(theirs.runner)).not.toContain('PATCH tags/default');
  });
});
