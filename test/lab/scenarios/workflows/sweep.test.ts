import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGitHub } from '../../../contract/support/github.js';
import { scopeLocked } from '../../azure/faults.js';
import type { Lab } from '../../lab.js';
import type { RunOptions } from '../../workflow/start.js';
import { deletions, inventory, logIn } from '../support/azure-job.js';
import { useLab } from '../support/use-lab.js';
import { resultsOf, runPublic } from '../support/workflow-job.js';

const nowSeconds = Math.floor(Date.now() / 1000);
const token = 'ghp_TokenOfTheTeam4711';

/** A nightly sweep, in a run that has created nothing itself. */
describe('the workflow sweep', () => {
  let lab: Lab;

  /** Places a group with a cluster in it, as a former run leaves them. */
  const place = async (name: string, expiresAt: number): Promise<void> => {
    const run = { repository: 'acme/shop', 'run-id': '1', instance: 'main', attempt: '1', 'creation-id': `c-${name}` };
    const tags = { 'managed-by': 'migratorydata-aks', ...run, 'expires-at': String(expiresAt) };
    lab.azure.place.group({ name, tags });
    await lab.azure.place.cluster({ group: name, name: 'aks', tags });
  };
  const optionsWith = (apiUrl: string): Partial<RunOptions> => ({
    secrets: { 'github-token': token },
    github: { api_url: apiUrl },
  });

  useLab(async started => {
    lab = started;
    await logIn(lab);
    await place('expired', nowSeconds - 3600);
    await place('living', nowSeconds + 3600);
  });

  it('names what has expired, and deletes nothing by default', async () => {
    const before = inventory(lab);
    const run = await runPublic(lab, 'sweep', {});
    expect(resultsOf(run)).toEqual({ plan: 'success', sweep: 'success' });
    expect(run.outputs).toMatchObject({ outcome: 'success', swept: '1', 'error-code': '' });
    expect(run.jobs['sweep']?.steps[0]?.summary).toContain('the group would be deleted');
    expect([inventory(lab), deletions(lab)]).toEqual([before, []]);
    expect(run.concurrency).toEqual(['mdaks-sweep']);
  });

  it('opens one issue for what a lock protects and fails, and closes the issue when the lock is removed', async () => {
    await using github = await startGitHub();
    const options = optionsWith(github.environment['GITHUB_API_URL'] ?? '');
    const unlock = lab.azure.inject(scopeLocked({ times: Infinity }));
    for (const attempt of ['first', 'second']) {
      const run = await runPublic(lab, 'sweep', { 'dry-run': false }, { ...options, conclusion: 'failure' });
      expect([attempt, run.outputs['outcome'], run.outputs['error-code'], run.outputs['swept']]).toEqual([
        ...[attempt, 'failure', 'delete-incomplete', '0'],
      ]);
      expect(run.log).not.toContain(token);
      const [kept = ''] = Object.values(run.artifacts);
      expect(await readFile(join(kept, 'sweep', 'report.xml'), 'utf8')).toContain('delete-incomplete');
    }
    expect(github.issues).toMatchObject([{ state: 'open', body: expect.stringContaining('cluster expired/aks') }]);
    expect(inventory(lab).clusters).toEqual(['expired/aks', 'living/aks']);

    unlock();
    const run = await runPublic(lab, 'sweep', { 'dry-run': false }, options);
    expect(run.outputs).toMatchObject({ outcome: 'success', swept: '1' });
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({ groups: ['living'], clusters: ['living/aks'] });
    expect(github.issues).toMatchObject([{ state: 'closed', state_reason: 'completed' }]);
  });
});
