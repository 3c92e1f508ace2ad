import { worstOf } from '../chaos/verdict.js';
import { worstIn } from '../journal/client-series.js';
import type { Verdict } from '../journal/experiment-record.js';
import type { Outcome, Report } from '../journal/model.js';
import { renderSuites } from '../report/junit.js';
import { inline, table } from '../report/markdown.js';
import { formatDuration } from '../runtime/duration.js';

/** The report of one leg; undefined when there is none. */
export interface LegReport {
  readonly instance: string;
  readonly report: Report | undefined;
}

/** The combined result of all legs. */
export interface Folded {
  /** `dry-run` if no leg has failed, and one only showed its plan. */
  readonly outcome: 'success' | 'failure' | 'dry-run';
  /** The worst verdict of all legs; empty without experiments. */
  readonly verdict: Verdict | '';
  readonly summary: string;
  /** JUnit XML with a suite for each leg. */
  readonly junit: string;
}

/**
 * Combines the reports of all legs of a matrix. A leg without a report counts as failed, because its outcome is
 * unknown.
 */
export function foldReports(legs: readonly LegReport[]): Folded {
  const verdicts = legs.flatMap(({ report }) => (report?.experiments.length ? [verdictOf(report)] : []));
  const count = (outcome: Outcome): number => legs.filter(({ report }) => report?.outcome === outcome).length;
  const [succeeded, planned] = [count('success'), count('dry-run')];
  const isGood = legs.length > 0 && succeeded + planned === legs.length;
  const dryRuns = planned === 0 ? '' : `, ${planned} only showed what they would do`;
  return {
    outcome: !isGood ? 'failure' : planned > 0 ? 'dry-run' : 'success',
    verdict: verdicts.length === 0 ? '' : worstOf(verdicts),
    summary: `## MigratoryData: ${succeeded} of ${legs.length} legs succeeded${dryRuns}\n\n${table(headings, legs.map(rowOf))}\n`,
    junit: renderSuites(legs.map(({ instance, report = noReport }) => ({ name: `migratorydata.${instance}`, report }))),
  };
}

function verdictOf({ experiments }: Report): Verdict {
  return worstOf(experiments.map(({ verdict }) => verdict));
}

const noReport = 'The job ended before it could write a report.';
const headings = ['Leg', 'Outcome', 'Kubernetes', 'Duration', 'Verdict', 'Longest outage', 'Recovery', 'Error'];

function rowOf({ instance, report }: LegReport): readonly string[] {
  if (report === undefined) return [inline(instance), '**no report**', '', '', '', '', '', noReport];
  const { outcome = 'unfinished', facts, ms, experiments, errors } = report;
  const longest = (values: readonly (number | null | undefined)[]): string => {
    const known = values.filter(value => typeof value === 'number');
    return known.length === 0 ? '' : formatDuration(Math.max(...known));
  };
  return [
    inline(instance),
    outcome === 'success' || outcome === 'dry-run' ? outcome : `**${inline(outcome)}**`,
    inline(facts['Kubernetes'] ?? ''),
    formatDuration(ms),
    experiments.length === 0 ? '' : verdictOf(report),
    longest(experiments.map(({ measurement }) => measurement && worstIn(measurement, 'outageMs')?.value)),
    longest(experiments.map(({ measurement }) => measurement?.milestones.recoveryMs)),
    inline(errors.map(({ code }) => code).join(', ')),
  ];
}
