import { describe, expect, it } from '@jest/globals';
import { provision } from '../../../src/azure/provision.js';
import { absent, clusterJson, groupJson, labWith, owner, prints, ref, spec, verbs } from './fixtures.js';

const plan = {
  target: ref,
  spec: { ...spec, ttlMs: 4 * 3_600_000 },
  owner,
  creationId: 'c-1',
  deadlineMs: 25 * 60_000,
};

describe('provision', () => {
  it('needs three az processes plus polling for a new group and cluster', async () => {
    const { az, runner } = labWith(script =>
      script
        .on('group show', absent)
        .on('group create', prints(groupJson()))
        .on('aks create', {})
        .on('aks show', prints(clusterJson())),
    );
    const ids: string[] = [];
    const result = await provision(az, plan, id => ids.push(id));
    expect(verbs(runner)).toEqual(['group show', 'group create', 'aks create', 'aks show']);
    expect(result).toMatchObject({
      createdCluster: true,
      createdGroup: true,
      creationId: 'c-1',
      expiresAt: '1767229200',
    });
    expect(ids).toEqual(['c-1', 'c-1']);
  });

  it('sets the same tags on group, cluster and pool, and disables upgrades for a cluster that expires', async () => {
    const { az, runner } = labWith(script =>
      script.on('group show', absent).on('create', {}).on('aks show', prints(clusterJson())),
    );
    await provision(az, plan, () => undefined);
    const tags = 'creation-id=c-1 created-at=1767225600 expires-at=1767240000';
    expect(runner.lines()[1]).toContain(tags);
    expect(runner.lines()[2]?.split(tags)).toHaveLength(3);
    expect(runner.lines()[2]).toContain('--node-os-upgrade-channel None');
  });

  it('uses the creation id of a group that a former attempt created for the cluster', async () => {
    const { az, runner } = labWith(script =>
      script.on('group show', prints(groupJson())).on('aks create', {}).on('aks show', absent, prints(clusterJson())),
    );
    const again = { ...plan, owner: { ...owner, attempt: '2' }, creationId: 'c-2' };
    const result = await provision(az, again, () => undefined);
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
      script.on('group show', prints(groupJson())).on('aks show', prints(clusterJson())).on('tag update', {}),
    );
    expect(await provision(ours.az, reuse, () => undefined)).toMatchObject({
      createdCluster: false,
      expiresAt: '1767240000',
    });
    expect(ours.runner.lines().at(-1)).toContain('--operation Merge --tags expires-at=1767240000');
    const theirs = labWith(script =>
      script.on('group show', prints(groupJson())).on('aks show', prints(clusterJson({ tags: {} }))),
    );
    expect(await provision(theirs.az, reuse, () => undefined)).toMatchObject({ creationId: '', expiresAt: '' });
    expect(verbs(theirs.runner)).not.toContain('tag update');
  });
});
