import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { LegReport } from '../../../../src/workflows/fold.js';
import { insufficientQuota } from '../../azure/faults.js';
import type { Lab } from '../../lab.js';
import type { RunResult } from '../../workflow/result.js';
import { deletions, inventory } from '../support/azure-job.js';
import { generousLimits } from '../support/limits.js';
import { useLab } from '../support/use-lab.js';
import { resultsOf, runPublic } from '../support/workflow-job.js';

/** As long as the run ids of GitHub: the names that AKS derives from them would be too long. */
const runId = '17012345678';
const legs = ['main-eastus-1.35', 'main-westeurope-1.35'];
const groups = legs.map(leg => `rg-migratorydata-${runId}-${leg}`);
const github = { run_id: runId };
/** Small clusters: these scenarios test how the legs run in parallel, not the clusters. */
const small = {
  ...{ replicas: 1, 'min-replicas': 1, 'seed-members': 1, 'max-replicas': 2, 'scale-to': '1' },
  ...{ experiments: 'baseline', steady: '1s', hold: '1s', ...generousLimits },
  ...{ locations: 'eastus,westeurope', 'kubernetes-versions': '1.35', 'wait-for-deletion': true },
};

/** Returns the report that the last job folds from the reports of all legs. */
async function foldedReport({
  artifacts,
}: RunResult): Promise<{ readonly legs: readonly LegReport[]; readonly junit: string }> {
  const [, folder = ''] = Object.entries(artifacts).find(([name]) => name.endsWith('-all-1')) ?? [];
  const { legs: reports } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as { legs: LegReport[] };
  return { legs: reports, junit: await readFile(join(folder, 'report.xml'), 'utf8') };
}

/** One call that runs the full life cycle of a cluster in each of two regions. */
describe('the workflow matrix', () => {
  let lab: Lab;

  useLab(started => {
    lab = started;
  });

  it('runs the full life cycle in each region, one after the other, and folds one report', async () => {
    const run = await runPublic(lab, 'matrix', { ...small, 'max-parallel': 1 }, { github });
    expect(resultsOf(run)).toEqual({
      ...{ plan: 'success', check: 'success', e2e: 'success', teardown: 'success', report: 'success' },
    });
    expect(run.outputs).toEqual({ outcome: 'success', verdict: 'pass' });
    expect(run.jobs['e2e']?.legs.map(({ name }) => name)).toEqual(legs.map(leg => `End to end (${leg})`));
    expect(deletions(lab)).toEqual(groups);
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });

    const { legs: reports, junit } = await foldedReport(run);
    expect(reports.map(({ instance, report }) => [instance, report?.operation, report?.outcome])).toEqual(
      legs.map(leg => [leg, 'e2e', 'success']),
    );
    const [first, second] = reports.map(({ report }) => report);
    expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(first?.startedAt ?? '') + (first?.ms ?? Infinity),
    );
    for (const leg of legs) expect(junit).toContain(`name="migratorydata.${leg}"`);
    expect(run.jobs['report']?.steps[1]?.summary).toContain('2 of 2 legs succeeded');
  });

  it('continues with the other region when one has no capacity, deletes both, and reports which one failed', async () => {
    const before = deletions(lab).length;
    lab.azure.inject(
      insufficientQuota({ path: new RegExp(`/${groups[1] ?? ''}/.*/managedClusters/[^/]+$`), times: Infinity }),
    );
    const run = await runPublic(lab, 'matrix', small, { conclusion: 'failure', github });
    expect(resultsOf(run)).toEqual({
      ...{ plan: 'success', check: 'success', e2e: 'failure', teardown: 'success', report: 'success' },
    });
    expect(run.jobs['e2e']?.legs.map(({ result }) => result)).toEqual(['success', 'failure']);
    expect(run.outputs).toEqual({ outcome: 'failure', verdict: 'pass' });
    expect([...deletions(lab).slice(before)].sort()).toEqual(groups);
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });

    const { legs: reports, junit } = await foldedReport(run);
    expect(reports.map(({ report }) => [report?.operation, report?.outcome])).toEqual([
      ['e2e', 'success'],
      ['e2e', 'failure'],
    ]);
    expect(reports[1]?.report?.errors.map(({ code }) => code)).toEqual(['azure-quota']);
    expect(junit).toMatch(/migratorydata\.main-westeurope-1\.35" [^>]*(failures|errors)="1"/);
    expect(run.jobs['report']?.steps[1]?.summary).toContain('1 of 2 legs succeeded');
  });
});
