import { describe, expect, it } from '@jest/globals';
import { operationDefinitions } from '../../../src/operations/index.js';
import type { Lab } from '../lab.js';
import { inventory, logIn, startAzureJob } from './support/azure-job.js';
import { useLab } from './support/use-lab.js';

const nowSeconds = Math.floor(Date.now() / 1000);
const [anHourAgo, inAnHour] = [String(nowSeconds - 3600), String(nowSeconds + 3600)];

/** Returns tags as a former run of acme/shop left them, with some changed. */
function tagsOf(creationId: string, changes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const run = { 'run-id': '1', instance: 'check-0', attempt: '1' };
  return { 'managed-by': 'migratorydata-aks', repository: 'acme/shop', ...run, 'creation-id': creationId, ...changes };
}

/** Groups by name, each with a cluster of the same tags. */
const placedGroups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  expired: tagsOf('c-1', { 'expires-at': anHourAgo }),
  unexpired: tagsOf('c-2', { 'expires-at': inAnHour }),
  lasting: tagsOf('c-3', {}),
  malformed: tagsOf('c-4', { 'expires-at': '2020-01-01' }),
  'other-repository': tagsOf('c-5', { repository: 'other/team', 'expires-at': anHourAgo }),
};

describe('operation sweep', () => {
  let lab: Lab;

  useLab(async started => {
    lab = started;
    await logIn(lab);
    for (const [name, tags] of Object.entries(placedGroups)) {
      lab.azure.place.group({ name, tags });
      await lab.azure.place.cluster({ group: name, name: 'aks', tags });
    }
    // An expired cluster of ours in a group of someone else, and a group of ours without its cluster.
    lab.azure.place.group({ name: 'shared', tags: { team: 'shop' } });
    await lab.azure.place.cluster({ group: 'shared', name: 'ours', tags: tagsOf('c-6', { 'expires-at': anHourAgo }) });
    lab.azure.place.group({ name: 'empty', tags: tagsOf('c-7', { 'expires-at': anHourAgo }) });
  });

  it('says what it would delete, and deletes nothing by default', async () => {
    const before = inventory(lab);
    const job = await startAzureJob(lab, { runId: '2' });
    const { main, report } = await job.pass({ operation: 'sweep' });
    const [phase] = report.phases;
    expect(phase?.notes.map(note => note.replace(/expired at \S+Z/, 'expired'))).toEqual([
      'cluster expired/aks, which expired: the group would be deleted',
      'cluster shared/ours, which expired: the cluster would be deleted',
      'group empty, which expired: the group would be deleted',
    ]);
    expect(main.summary).toContain('the group would be deleted');
    expect(inventory(lab)).toEqual(before);
    expect(lab.azure.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('deletes what has expired in this repository, and nothing else', async () => {
    const job = await startAzureJob(lab, { runId: '2' });
    lab.azure.tune({ role: operationDefinitions.sweep.permissions.actions.map(({ action }) => action) });
    const { main } = await job.pass({ operation: 'sweep', 'dry-run': 'false' });
    expect(main.outputs).toMatchObject({ swept: '3' });
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({
      groups: ['unexpired', 'lasting', 'malformed', 'other-repository', 'shared'],
      clusters: ['unexpired/aks', 'lasting/aks', 'malformed/aks', 'other-repository/aks'],
    });
  });

  it('finds nothing the second time', async () => {
    const job = await startAzureJob(lab, { runId: '3' });
    const { main } = await job.pass({ operation: 'sweep', 'dry-run': 'false' });
    expect(main.log).toContain('Nothing of acme/shop has expired.');
    expect(main.outputs).toMatchObject({ swept: '0' });
    expect(lab.azure.problems()).toEqual([]);
  });
});
