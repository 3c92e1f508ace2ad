import { describe, expect, it } from '@jest/globals';
import type { Verdict } from '../../../src/journal/experiment-record.js';
import type { Outcome, Report } from '../../../src/journal/model.js';
import { foldReports, type LegReport } from '../../../src/workflows/fold.js';
import { assignReports } from '../../../src/workflows/reports.js';
import { someExperiment } from '../report/experiment-sample.js';
import { emptyReport } from '../report/samples.js';

const leg = 'main-eastus';
const at = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z`;
const report = (changes: Partial<Report>): string => JSON.stringify(emptyReport({ instance: leg, ...changes }));

describe('the report of a leg', () => {
  const preflight = report({ operation: 'preflight', outcome: 'success', startedAt: at(0) });
  const e2e = report({ operation: 'e2e', outcome: 'failure', startedAt: at(1) });
  const teardown = report({ operation: 'teardown', outcome: 'success', startedAt: at(2) });

  it('is that of e2e, and not of the check before or the teardown after', () => {
    const assigned = assignReports([leg], [teardown, e2e, preflight]);
    expect(assigned).toMatchObject([{ instance: leg, report: { operation: 'e2e', outcome: 'failure' } }]);
    expect(foldReports(assigned).outcome).toBe('failure');
  });

  it('is missing when its runner was lost, even if other jobs have reports', () => {
    const assigned = assignReports([leg], [preflight, teardown]);
    expect(assigned).toEqual([{ instance: leg, report: undefined }]);
    expect(foldReports(assigned)).toMatchObject({ outcome: 'failure', summary: expect.stringContaining('no report') });
  });

  it('is that of the last attempt', () => {
    const again = report({ operation: 'e2e', outcome: 'success', startedAt: at(3) });
    expect(assignReports([leg], [again, e2e])).toMatchObject([{ report: { outcome: 'success' } }]);
  });

  it('is not a file of another format, nor a truncated file', () => {
    const texts = ['null', '{"instance":"main-eastus","operation":"e2e"}', e2e.slice(0, -5), '[]'];
    expect(assignReports([leg], texts)).toEqual([{ instance: leg, report: undefined }]);
  });
});

describe('the outcome of several legs', () => {
  const legOf = (outcome: Outcome | undefined): LegReport => ({
    instance: outcome ?? 'lost',
    report: outcome && emptyReport({ outcome }),
  });

  it.each<[readonly (Outcome | undefined)[], string, string]>([
    [['success', 'success'], 'success', '2 of 2 legs succeeded'],
    [['dry-run', 'dry-run'], 'dry-run', '0 of 2 legs succeeded, 2 only showed what they would do'],
    [['success', 'dry-run'], 'dry-run', '1 of 2 legs succeeded, 1 only showed what they would do'],
    [['dry-run', 'failure'], 'failure', '0 of 2 legs succeeded, 1 only'],
    [['dry-run', undefined], 'failure', '0 of 2 legs succeeded, 1 only'],
    [[], 'failure', '0 of 0 legs succeeded'],
  ])('of %j is %s', (outcomes, outcome, heading) => {
    const folded = foldReports(outcomes.map(legOf));
    expect(folded).toMatchObject({ outcome, summary: expect.stringContaining(heading) });
  });
});

describe('the verdict of several legs', () => {
  const legOf = (...verdicts: readonly Verdict[]): LegReport => ({
    instance: verdicts.join(),
    report: emptyReport({ experiments: verdicts.map(verdict => someExperiment({ verdict })) }),
  });

  it.each<[string, readonly LegReport[], string]>([
    ['passes if each leg carried out an experiment', [legOf('pass', 'skipped'), legOf('pass')], 'pass'],
    ['is inconclusive if a leg carried out none', [legOf('skipped'), legOf('pass')], 'inconclusive'],
    ['is empty without experiments', [legOf()], ''],
  ])('%s', (_, legs, verdict) => {
    expect(foldReports(legs).verdict).toBe(verdict);
  });
});
