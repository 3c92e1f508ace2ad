import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Namespace } from '../../../src/kubernetes/api/types.js';
import { ownershipLabels } from '../../../src/migratorydata/object-names.js';
import { scopeLocked } from '../azure/faults.js';
import type { Lab } from '../lab.js';
import { waitForObjects } from '../wait.js';
import { deletions, inventory, logIn, startAzureJob } from './support/azure-job.js';
import { errorOf, type Steps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

/** The tags by which a run finds what it made. */
const ours = { 'managed-by': 'migratorydata-aks', repository: 'acme/shop' };

describe('ownership on Azure', () => {
  let lab: Lab;

  useLab(async started => {
    lab = started;
    await logIn(lab);
  });

  describe('a group and a cluster of someone else', () => {
    const group = { 'resource-group': 'shared', 'cluster-name': 'theirs' };
    let team: Steps;
    let job: Steps;

    beforeAll(async () => {
      lab.azure.place.group({ name: 'shared', tags: { team: 'shop', 'cost-center': '42' } });
      lab.azure.place.resource({ group: 'shared', type: 'Microsoft.Storage/storageAccounts', name: 'pictures' });
      team = await startAzureJob(lab, { repository: 'other/team', runId: '90' });
      job = await startAzureJob(lab, { runId: '100' });
    });

    it('uses the group without changing it', async () => {
      const { main } = await team.pass({ operation: 'create', ...group });
      expect(main.outputs).toMatchObject({ 'created-resource-group': 'false', 'created-cluster': 'true' });
      const shared = lab.azure.resources().groups.find(({ name }) => name === 'shared');
      expect(shared?.tags).toEqual({ team: 'shop', 'cost-center': '42' });
    });

    it('refuses the name of the cluster unless it may reuse it, and never claims to have created it', async () => {
      const refused = await job.fail({ operation: 'create', ...group });
      expect(refused.main.outputs).toMatchObject({ 'error-code': 'cluster-exists' });
      const before = lab.azure.resources().clusters[0]?.tags;
      const { main } = await job.pass({ operation: 'create', ...group, 'existing-cluster': 'reuse', ttl: '3h' });
      expect(main.outputs).toMatchObject({ 'created-cluster': 'false', 'creation-id': '', 'expires-at': '' });
      expect(lab.azure.resources().clusters[0]?.tags).toEqual(before);
    });

    it('refuses to tear the cluster down, and deletes nothing in it but its own namespace', async () => {
      const refused = await job.fail({ operation: 'teardown', ...group });
      expect(refused.main.outputs).toMatchObject({ 'error-code': 'ownership-mismatch' });
      expect(errorOf(refused)).toContain('belongs to repository other/team, not to acme/shop');

      const { api } = lab.cluster('theirs');
      await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'migratory', labels: ownershipLabels } });
      const { main } = await job.pass({ operation: 'teardown', ...group });
      expect(main.log).toContain('The cluster is kept');
      const gone = '/api/v1/namespaces?fieldSelector=metadata.name%3Dmigratory';
      await waitForObjects<Namespace>(api, gone, found => found.length === 0);
      expect(inventory(lab)).toEqual({ groups: ['shared'], clusters: ['shared/theirs'] });
    });

    it('deletes only the cluster, for its creator', async () => {
      const { main } = await team.pass({ operation: 'teardown', ...group, 'wait-for-deletion': 'true' });
      expect(main.outputs).toMatchObject({ deleted: 'true' });
      const { groups, clusters, resources } = lab.azure.resources();
      expect([clusters, resources.map(({ name }) => name)]).toEqual([[], ['pictures']]);
      expect(groups.map(({ name, tags }) => [name, tags])).toEqual([['shared', { team: 'shop', 'cost-center': '42' }]]);
      expect(deletions(lab)).toEqual(['theirs']);
      lab.azure.place.removeGroup('shared');
    });
  });

  describe('two instances of one run', () => {
    const groupOf = (instance: string): string => `rg-migratorydata-200-${instance}`;
    let legs: Steps;

    beforeAll(async () => {
      legs = await startAzureJob(lab, { runId: '200' });
    });

    it('create one cluster each, in parallel', async () => {
      const made = await Promise.all(['a', 'b'].map(instance => legs.pass({ operation: 'create', instance })));
      expect(made.map(({ main }) => main.outputs['resource-group'])).toEqual([groupOf('a'), groupOf('b')]);
      expect(new Set(made.map(({ main }) => main.outputs['creation-id'])).size).toBe(2);
    });

    it('do not touch each other’s cluster, nor those of another run', async () => {
      const [other, before] = [await startAzureJob(lab, { runId: '201' }), inventory(lab)];
      const { main } = await other.pass({ operation: 'teardown', instance: 'a' });
      expect(main.outputs).toMatchObject({ deleted: 'false' });
      const stranger = await startAzureJob(lab, { repository: 'other/team', runId: '200' });
      const refused = await stranger.fail({ operation: 'teardown', instance: 'a', 'resource-group': groupOf('a') });
      expect(refused.main.outputs).toMatchObject({ 'error-code': 'ownership-mismatch' });
      expect(errorOf(refused)).toContain('belongs to repository acme/shop, not to other/team');
      expect(inventory(lab)).toEqual(before);
    });

    it('are found again by a rerun, and torn down in parallel', async () => {
      const again = await startAzureJob(lab, { runId: '200', attempt: '2' });
      const { main } = await again.pass({ operation: 'create', instance: 'a' });
      expect(main.log).toContain('attempt 1 of this run created it');
      const cluster = lab.azure.resources().clusters.find(({ group }) => group === groupOf('a'));
      expect(main.outputs).toMatchObject({
        'created-cluster': 'true',
        'creation-id': cluster?.tags['creation-id'] ?? 'no cluster',
      });
      const gone = await Promise.all([
        again.pass({ operation: 'teardown', instance: 'a', 'wait-for-deletion': 'true' }),
        legs.pass({ operation: 'teardown', instance: 'b', 'wait-for-deletion': 'true' }),
      ]);
      for (const [index, instance] of ['a', 'b'].entries()) {
        const calls = gone[index]?.report.calls ?? [];
        const deleted = calls.filter(({ api, method }) => api === 'azure' && method === 'DELETE');
        expect(deleted.map(({ path }) => path.split('?')[0]?.split('/').at(-1))).toEqual([groupOf(instance)]);
      }
      expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    });
  });

  it('names the lock that protects a group from deletion, and reports the failure', async () => {
    const tags = { ...ours, 'run-id': '300', instance: 'check-0', 'creation-id': 'c-300' };
    lab.azure.place.group({ name: 'rg-migratorydata-300-check-0', tags });
    await lab.azure.place.cluster({ group: 'rg-migratorydata-300-check-0', name: 'aks-migratorydata', tags });
    const unlock = lab.azure.inject(scopeLocked({ times: Infinity }));
    const job = await startAzureJob(lab, { runId: '300' });
    const { main, report } = await job.fail({ operation: 'teardown' });
    unlock();
    expect(main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'azure-locked' });
    expect(main.outputs['deleted']).toBeUndefined();
    expect(errorOf({ main })).toContain('cannot perform delete operation because following scope(s) are locked');
    expect(report.phases.map(({ name, status }) => [name, status])).toEqual([['teardown', 'failed']]);
    expect(inventory(lab).clusters).toEqual(['rg-migratorydata-300-check-0/aks-migratorydata']);
    // By hand, and by another run: the input that names the group is enough, also with the default name of the cluster.
    const later = await startAzureJob(lab, { runId: '301' });
    const named = { 'resource-group': 'rg-migratorydata-300-check-0', 'cluster-name': 'aks-migratorydata' };
    await later.pass({ operation: 'teardown', ...named, 'wait-for-deletion': 'true' });
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
  });

  it('has found a response to every request', () => {
    expect(lab.azure.problems()).toEqual([]);
  });
});
