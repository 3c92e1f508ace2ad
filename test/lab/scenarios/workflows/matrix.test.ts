import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
/** Small clusters: this scenario tests how the legs run, not the clusters. */
const small = {
  ...{ replicas: 1, 'min-replicas': 1, 'seed-members': 1, 'max-replicas': 2, 'scale-to': '1' },
  ...{ experiments: 'baseline', steady: '1s', hold: '1s', ...generousLimits },
  ...{ locations: 'eastus,westeurope', 'kubernetes-versions': '1.35', 'max-parallel': 1, 'wait-for-deletion': true },
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

  it('runs a region after the other, continues when the first has no capacity, deletes both, and reports which one failed', async () => {
    lab.azure.inject(
      insufficientQuota({ path: new RegExp(`/${groups[0] ?? ''}/.*/managedClusters/[^/]+$`), times: Infinity }),
    );
    const run = await runPublic(lab, 'matrix', small, { conclusion: 'failure', github });
    expect(resultsOf(run)).toEqual({
      ...{ plan: 'success', check: 'success', e2e: 'failure', teardown: 'success', report: 'success' },
    });
    expect(run.jobs['e2e']?.legs.map(({ name, result }) => [name, result])).toEqual([
      [`End to end (${legs[0] ?? ''})`, 'failure'],
      [`End to end (${legs[1] ?? ''})`, 'success'],
    ]);
    expect(run.outputs).toEqual({ outcome: 'failure', verdict: 'pass' });
    expect(deletions(lab)).toEqual(groups);
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });

    const { legs: reports, junit } = await foldedReport(run);
    expect(reports.map(({ instance, report }) => [instance, report?.operation, report?.outcome])).toEqual([
      [legs[0], 'e2e', 'failure'],
      [legs[1], 'e2e', 'success'],
    ]);
    const [first, second] = reports.map(({ report }) => report);
    expect(first?.errors.map(({ code }) => code)).toEqual(['azure-quota']);
    expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(first?.startedAt ?? '') + (first?.ms ?? Infinity),
    );
    expect(junit).toMatch(/migratorydata\.main-eastus-1\.35" [^>]*(failures|errors)="1"/);
    expect(junit).toContain('name="migratorydata.main-westeurope-1.35"');
    expect(run.jobs['report']?.steps[1]?.summary).toContain('1 of 2 legs succeeded');
  });
});
