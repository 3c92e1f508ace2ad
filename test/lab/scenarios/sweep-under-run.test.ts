import { beforeAll, describe, expect, it } from '@jest/globals';
import { operationDefinitions } from '../../../src/operations/index.js';
import type { Lab } from '../lab.js';
import { restrict } from './support/accounts.js';
import { az, deletions, inventory, logIn, startAzureJob } from './support/azure-job.js';
import { notesOf, type RunningStep, type Steps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const names = { 'resource-group': 'rg-late', 'cluster-name': 'aks-late' };

/** An experiment runs on a cluster that has expired. */
describe('a sweep while an experiment runs', () => {
  let lab: Lab;
  let job: Steps;
  let sweeper: Steps;
  let experiment: RunningStep;

  const expiresAt = (): number => Number(lab.azure.resources().clusters[0]?.tags['expires-at']);
  const inHours = (hours: number): number => Math.floor(Date.now() / 1000) + hours * 3600;
  const expire = async (): Promise<void> => {
    const id = lab.azure.resources().clusters[0]?.id ?? '';
    for (const resource of [id, id.split('/providers/')[0] ?? '']) {
      const at = ['tag', 'update', '--resource-id', resource, '--operation', 'Merge'];
      await az(lab, [...at, '--tags', `expires-at=${inHours(-1)}`]);
    }
  };

  useLab(async started => {
    lab = started;
    await logIn(lab);
    job = await startAzureJob(lab, { common: names });
    sweeper = await startAzureJob(lab, { runId: '2' });
    await job.pass({ operation: 'create', ttl: '2h' });
    await job.pass({ operation: 'deploy' });
  });

  beforeAll(async () => {
    await expire();
    experiment = await job.start({ operation: 'chaos', hold: '10m', steady: '0s', timeout: '2h' });
    await experiment.logged('The fault is held.');
  });

  it('has nothing to delete, because the experiment has moved the expiry', async () => {
    expect(expiresAt()).toBeGreaterThan(inHours(2));
    const { main } = await sweeper.pass({ operation: 'sweep', 'dry-run': 'false' });
    expect(main.log).toContain('Nothing of acme/shop has expired.');
  });

  it('keeps the cluster that expires nevertheless, and says who works on it', async () => {
    await expire();
    const before = inventory(lab);
    const step = await sweeper.pass({ operation: 'sweep', 'dry-run': 'false' });
    expect(notesOf(step).join('\n')).toMatch(
      /cluster rg-late\/aks-late, which expired at \S+: kept, in use\. Another run holds the lock on namespace migratory: acme\/shop\/4711\//,
    );
    expect(step.main.outputs).toMatchObject({ outcome: 'success', swept: '0' });
    expect([inventory(lab), deletions(lab), step.report.pending]).toEqual([before, [], []]);
  });

  it('deletes it when the experiment has ended', async () => {
    experiment.cancel();
    await experiment.ended;
    expect((await experiment.post()).code).toBe(0);
    restrict(lab, names['cluster-name'], operationDefinitions.sweep.permissions);
    const { main, post } = await sweeper.pass({ operation: 'sweep', 'dry-run': 'false' });
    expect([main.outputs['swept'], post.log]).toEqual(['1', expect.not.stringContaining('lock')]);
    await lab.azure.idle();
    expect([inventory(lab), lab.azure.problems()]).toEqual([{ groups: [], clusters: [] }, []]);
  });
});
