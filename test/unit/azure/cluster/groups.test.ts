import { describe, expect, it } from '@jest/globals';
import { type EnsuredGroup, ensureGroup } from '../../../../src/azure/cluster/groups.js';
import { absent, groupJson, type Lab, labWith, owner, prints, ref, rejection, tagsOf, verbs } from '../fixtures.js';

function ensure({ azure, runner }: Lab, log: string[] = [], who = owner): Promise<EnsuredGroup> {
  const plan = { ref, location: 'eastus', owner: who, tags: () => tagsOf(who, 'c-2'), deadlineMs: 25 * 60_000 };
  return ensureGroup(azure, plan, () => log.push(`recorded after ${runner.requests.length}`));
}

describe('ensureGroup', () => {
  it('creates a missing group with its tags, and records that first', async () => {
    const lab = labWith(script =>
      script.on('GET resourceGroups/', absent).on('PUT resourceGroups/', prints(groupJson())),
    );
    const log: string[] = [];
    expect(await ensure(lab, log)).toEqual({ created: true, adoptedCreationId: '' });
    expect(verbs(lab.runner)).toEqual([
      ...['GET resourceGroups/rg-shop', 'GET resourceGroups/rg-shop'],
      'PUT resourceGroups/rg-shop',
    ]);
    expect(log).toEqual(['recorded after 2']);
    expect(lab.runner.lines()[2]).toContain(
      '"managed-by":"migratorydata-aks","repository":"acme/shop","run-id":"4711"',
    );
  });

  it('does not replace the tags of a group that Azure does not find for a moment', async () => {
    const theirs = prints(groupJson({ tags: { team: 'shop' } }));
    const lab = labWith(script => script.on('GET resourceGroups/', absent, theirs));
    expect(await ensure(lab)).toEqual({ created: false, adoptedCreationId: '' });
    expect(verbs(lab.runner)).not.toContain('PUT resourceGroups/rg-shop');
  });

  it('uses an existing group without changing or claiming it', async () => {
    const lab = labWith(script =>
      script.on('GET resourceGroups/', prints(groupJson({ tags: null, location: 'westeurope' }))),
    );
    const log: string[] = [];
    expect(await ensure(lab, log)).toEqual({ created: false, adoptedCreationId: '' });
    expect(verbs(lab.runner)).toEqual(['GET resourceGroups/rg-shop']);
    expect(log).toEqual([]);
    expect(lab.log.lines.join()).toContain('is in westeurope; the cluster is created in eastus');
  });

  it('adopts the creation id of a group that a former attempt created', async () => {
    const lab = labWith(script => script.on('GET resourceGroups/', prints(groupJson())));
    const again = await ensure(lab, [], { ...owner, attempt: '2' });
    expect(again).toEqual({ created: false, adoptedCreationId: 'c-1' });
  });

  it.each([
    ['another step of the same attempt', owner],
    ['another matrix job', { ...owner, instance: 'check-1', attempt: '2' }],
    ['another run', { ...owner, runId: '4712', attempt: '2' }],
  ])('does not adopt that of %s', async (_, who) => {
    const lab = labWith(script => script.on('GET resourceGroups/', prints(groupJson())));
    expect(await ensure(lab, [], who)).toEqual({ created: false, adoptedCreationId: '' });
  });

  it('waits for the deletion of a group with that name, then creates it', async () => {
    const deleting = prints(groupJson({ properties: { provisioningState: 'Deleting' } }));
    const lab = labWith(script =>
      script.on('GET resourceGroups/', deleting, deleting, absent).on('PUT resourceGroups/', prints(groupJson())),
    );
    expect(await ensure(lab)).toMatchObject({ created: true });
  });

  it('does not wait for a deletion longer than the deadline of the creation', async () => {
    const deleting = prints(groupJson({ properties: { provisioningState: 'Deleting' } }));
    const lab = labWith(script => script.on('GET resourceGroups/', deleting));
    expect(await rejection(ensure(lab))).toMatchObject({ code: 'azure-being-deleted' });
    expect(lab.clock.now()).toBe(25 * 60_000);
  });

  it('rejects the node resource group of a cluster', async () => {
    const lab = labWith(script =>
      script.on('GET resourceGroups/', prints(groupJson({ managedBy: '/subscriptions/x' }))),
    );
    expect(await rejection(ensure(lab))).toMatchObject({ code: 'azure-invalid' });
  });
});
