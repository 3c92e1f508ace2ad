import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { faultImages, type Lab } from '../../lab.js';
import { inventory } from '../support/azure-job.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf, resultsOf, runPublic, startPublic } from '../support/workflow-job.js';

const nothing = { groups: [], clusters: [] };

/** What becomes of the cluster and of the reports when a workflow does not go well. */
describe('a workflow that fails', () => {
  let lab: Lab;

  useLab(started => {
    lab = started;
  });

  it('deploy: a bad image is told, the report is kept, and the cluster is deleted', async () => {
    const run = await runPublic(lab, 'deploy', { image: faultImages.neverPulls }, { conclusion: 'failure' });
    expect(resultsOf(run)).toEqual({ plan: 'success', check: 'success', deploy: 'failure', teardown: 'success' });
    expect(outcomesOf(run, 'deploy')).toEqual(['create success', 'deploy failure']);
    expect(run.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'image-pull' });
    // Nobody waits for the deletion: it goes on after the run.
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
    const kept = Object.entries(run.artifacts).find(([name]) => /deploy-main-\w+-1$/.test(name));
    const files = await readdir(kept?.[1] ?? '', { recursive: true });
    expect(files.filter(path => path.endsWith('report.xml'))).toHaveLength(2);
  });

  it('deploy: cancelled while the cluster is made, which goes all the same', async () => {
    const run = await startPublic(lab, 'deploy', {});
    await run.logged('az aks create');
    run.cancel();
    const ended = await run.ended;
    expect([ended.conclusion, resultsOf(ended)['teardown']]).toEqual(['cancelled', 'success']);
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('deploy: a cluster that was there before is not for the run to delete', async () => {
    await runPublic(lab, 'deploy', {}, { github: { run_id: '1' } });
    const again = await runPublic(lab, 'deploy', {}, { conclusion: 'failure', github: { run_id: '1' } });
    expect(again.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'cluster-exists' });
    expect([resultsOf(again)['teardown'], inventory(lab).clusters.length]).toEqual(['skipped', 1]);
    await runPublic(lab, 'teardown', { 'wait-for-deletion': true }, { github: { run_id: '1' } });
    expect(inventory(lab)).toEqual(nothing);
  });

  it('any: a bad input stops it before a runner logs in, and all of them are named', async () => {
    const run = await runPublic(lab, 'e2e', { replicas: 9, 'max-nodes': 1 }, { conclusion: 'failure' });
    expect(resultsOf(run)).toMatchObject({ check: 'failure', e2e: 'skipped', teardown: 'skipped' });
    expect(run.log).toMatch(/replicas "9".*max-nodes/s);
  });

  it('any: a timeout that leaves no time for undoing is refused by the plan', async () => {
    const run = await runPublic(lab, 'chaos', { timeout: '6h' }, { conclusion: 'failure' });
    expect(resultsOf(run)).toEqual({ plan: 'failure', chaos: 'skipped', recover: 'skipped' });
    expect(run.log).toContain('timeout "6h": must be from 1s to 5h');
  });

  it('any: a caller that grants too little is refused before anything starts', async () => {
    const run = await runPublic(lab, 'e2e', {}, { conclusion: 'startup_failure', grants: { contents: 'read' } });
    expect(run.problems.join('\n')).toContain('id-token');
  });
});
