import { describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import type { Lab } from '../../lab.js';
import { deletions, inventory } from '../support/azure-job.js';
import { generousLimits } from '../support/limits.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf, reportsOf, resultsOf, runPublic, startPublic } from '../support/workflow-job.js';

const nothing = { groups: [], clusters: [] };
const group = 'rg-migratorydata-4711-main';

/** One call of e2e.yml runs the full life cycle of a cluster. */
describe('the workflow e2e', () => {
  let lab: Lab;

  useLab(started => {
    lab = started;
  });

  it('runs the full life cycle of a cluster, reports what clients noticed, and leaves only its reports', async () => {
    const run = await runPublic(lab, 'e2e', {
      ...{ rest: true, 'scale-to': '4', experiments: 'baseline,pod-kill' },
      ...{ steady: '1s', hold: '2s', ...generousLimits, 'wait-for-deletion': true },
    });
    expect(resultsOf(run)).toEqual({ plan: 'success', check: 'success', e2e: 'success', teardown: 'success' });
    expect(run.outputs).toMatchObject({
      ...{ outcome: 'success', verdict: 'pass', 'lost-messages': '0', deleted: 'true', 'error-code': '' },
      ...{ 'resource-group': group, location: 'eastus', replicas: '4', 'ready-members': '4' },
      hpa: 'migratorydata-autoscale',
      'recovery-ms': expect.stringMatching(/^\d+$/),
    });
    const [report] = reportsOf(run, 'e2e');
    expect(report?.phases.map(({ name }) => name)).toEqual([
      ...['preflight', 'create', 'nodes', 'deploy', 'verify', 'scale-1', 'autoscale', 'chaos-baseline'],
      ...['chaos-pod-kill', 'verify-2', 'teardown'],
    ]);
    // The second job finds that the first one has cleaned up.
    expect(reportsOf(run, 'teardown')).toMatchObject([{ outcome: 'success' }]);
    expect(run.jobs['teardown']?.steps[0]?.outputs['deleted']).toBe('false');
    expect(inventory(lab)).toEqual(nothing);
    const files = await Promise.all(Object.values(run.artifacts).map(kept => readdir(kept, { recursive: true })));
    expect(Object.keys(run.artifacts).map(name => name.replace(/-[0-9a-f]{6}/, ''))).toEqual([
      ...['migratorydata-e2e-main-check-1', 'migratorydata-e2e-main-1', 'migratorydata-e2e-main-teardown-1'],
    ]);
    expect(files[1]?.filter(path => /\.(json|xml|svg)$/.test(path)).sort()).toEqual([
      ...['e2e/report.json', 'e2e/report.xml', 'e2e/timeline-1-baseline.svg', 'e2e/timeline-2-pod-kill.svg'],
    ]);
  });

  it('deletes the cluster of a lost runner, with only the names of the plan', async () => {
    const before = deletions(lab).length;
    const run = await startPublic(lab, 'e2e', { rest: true, 'wait-for-deletion': true });
    await run.logged('statefulset-migratorydata.yaml');
    run.lose('e2e');
    expect(inventory(lab)).toEqual({ groups: [group], clusters: [`${group}/aks-migratorydata`] });
    const ended = await run.ended;
    expect(ended.conclusion).toBe('failure');
    expect(resultsOf(ended)).toEqual({ plan: 'success', check: 'success', e2e: 'failure', teardown: 'success' });
    const { outputs, steps } = ended.jobs['e2e'] ?? {};
    expect([outputs, steps?.filter(({ phase }) => phase === 'post')]).toEqual([{}, []]);
    expect(outcomesOf(ended, 'teardown')).toEqual(['teardown success']);
    expect(ended.jobs['teardown']?.steps[0]?.outputs).toMatchObject({ deleted: 'true' });
    expect(deletions(lab).slice(before)).toEqual([group]);
    expect(inventory(lab)).toEqual(nothing);
    expect(Object.keys(ended.artifacts).map(name => name.replace(/-[0-9a-f]{6}/, ''))).toEqual([
      ...['migratorydata-e2e-main-check-1', 'migratorydata-e2e-main-teardown-1'],
    ]);
  });
});
