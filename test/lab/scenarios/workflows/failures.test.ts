import { describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { faultImages, type Lab } from '../../lab.js';
import { inventory } from '../support/azure-job.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf, resultsOf, runPublic, startPublic } from '../support/workflow-job.js';

const nothing = { groups: [], clusters: [] };

/** What happens to the cluster and the reports when a workflow fails. */
describe('a workflow that fails', () => {
  let lab: Lab;

  useLab(started => {
    lab = started;
  });

  it('deploy: reports a bad image, keeps the report, and deletes the cluster', async () => {
    const run = await runPublic(lab, 'deploy', { image: faultImages.neverPulls }, { conclusion: 'failure' });
    expect(resultsOf(run)).toEqual({ plan: 'success', check: 'success', deploy: 'failure', teardown: 'success' });
    expect(outcomesOf(run, 'deploy')).toEqual(['create success', 'deploy failure']);
    expect(run.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'image-pull' });
    // No step waits for the deletion: it continues after the run.
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
    const kept = Object.entries(run.artifacts).find(([name]) => /deploy-main-\w+-1$/.test(name));
    const files = await readdir(kept?.[1] ?? '', { recursive: true });
    expect(files.filter(path => path.endsWith('report.xml'))).toHaveLength(2);
  });

  it('deploy: deletes the cluster when it is cancelled during the creation', async () => {
    const run = await startPublic(lab, 'deploy', {});
    await run.logged('az aks create');
    run.cancel();
    const ended = await run.ended;
    expect([ended.conclusion, resultsOf(ended)['teardown']]).toEqual(['cancelled', 'success']);
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('any: a bad input fails the run before a runner logs in, and all bad inputs are named', async () => {
    const run = await runPublic(lab, 'e2e', { replicas: 9, 'max-nodes': 1 }, { conclusion: 'failure' });
    expect(resultsOf(run)).toMatchObject({ check: 'failure', e2e: 'skipped', teardown: 'skipped' });
    expect(run.log).toMatch(/replicas "9".*max-nodes/s);
  });

  it('any: the plan refuses a timeout that leaves no time for the revert', async () => {
    const run = await runPublic(lab, 'chaos', { timeout: '6h' }, { conclusion: 'failure' });
    expect(resultsOf(run)).toEqual({ plan: 'failure', chaos: 'skipped', recover: 'skipped' });
    expect(run.log).toContain('timeout "6h": must be from 1s to 5h');
  });

  it('any: a caller that grants too few permissions is refused before any job starts', async () => {
    const run = await runPublic(lab, 'e2e', {}, { conclusion: 'startup_failure', grants: { contents: 'read' } });
    expect(run.problems.join('\n')).toContain('id-token');
  });
});
