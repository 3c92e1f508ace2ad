import { describeComparisons } from '../chaos/repetitions.js';
import type { Chaos } from '../chaos/spec.js';
import { worstOf } from '../chaos/verdict.js';
import { ActionError } from '../errors/action-error.js';
import { nameOfRun } from '../journal/experiment-numbers.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import type { Journal } from '../journal/journal.js';

/**
 * Warns of what got worse than in the earlier report, and fails unless all verdicts are good. A run in which every
 * experiment was skipped has tested nothing, so it fails as well.
 * @throws ActionError the only error if nothing else failed; otherwise one with the reasons of all verdicts.
 */
export function concludeChaos(
  journal: Journal,
  { baseline }: Pick<Chaos, 'baseline'>,
  records: readonly ExperimentRecord[],
  errors: readonly ActionError[],
): void {
  const { repetitions = [] } = journal.report;
  if (baseline) for (const text of describeComparisons(repetitions, baseline.path)) journal.warn(text);
  const isCarriedOut = records.some(({ verdict }) => verdict !== 'skipped');
  const bad = isCarriedOut ? records.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skipped') : records;
  const [first] = errors;
  if (first && bad.length === 1) throw first;
  // The latest first: the journal assigns each failure to the last phase without an error.
  for (const error of errors.toReversed()) journal.fail(error);
  if (bad.length === 0) return;
  const reasons = bad.map(record => `${nameOfRun(record)}: ${record.reason}`).join(' ');
  const verdict = worstOf(records.map(record => record.verdict));
  const nothing = isCarriedOut ? '' : ' because no experiment was carried out';
  throw new ActionError('verdict-failed', `The verdict is ${verdict}${nothing}. ${reasons}`);
}
