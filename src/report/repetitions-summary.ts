import { experimentNumbers, numberNames } from '../journal/experiment-numbers.js';
import type { Report } from '../journal/model.js';
import type { ComparedNumber, RepetitionRecord } from '../journal/repetition-record.js';
import { inline, limited, list, section, table } from './markdown.js';

const results: Readonly<Record<ComparedNumber['result'], string>> = {
  worse: '**worse**',
  better: 'better',
  'within-spread': 'within the spread',
  'not-compared': 'not compared',
};

/** Returns one block per experiment that is repeated or compared: median, worst and spread of each number. */
export function repetitionDetails({ repetitions = [] }: Report): readonly string[] {
  return repetitions.map(repetition =>
    section(`Runs of ${inline(repetition.experiment)}`, runs(repetition), numbersTable(repetition)),
  );
}

function runs({ planned, counted, notCounted, comparison }: RepetitionRecord): string {
  const missing = planned - counted - notCounted.length;
  return list([
    `${counted} of ${planned} runs count${missing > 0 ? `; ${missing} not made` : ''}.`,
    ...notCounted.map(({ run, verdict, reason }) =>
      limited(`Run ${run} does not count, because it was ${verdict}: ${reason}`),
    ),
    ...(comparison === undefined
      ? []
      : [limited(`Earlier report: ${comparison.notCompared ?? `${comparison.counted} runs of it count`}.`)]),
  ]);
}

function numbersTable({ numbers, comparison }: RepetitionRecord): string {
  const rows = numberNames.flatMap(name => {
    const { title, write } = experimentNumbers[name];
    const [now, compared] = [numbers[name], comparison?.numbers[name]];
    if (now === undefined && compared === undefined) return [];
    const cells = (summary: typeof now): readonly string[] =>
      summary === undefined
        ? ['not measured', '', '']
        : [write(summary.median), write(summary.worst), `${write(summary.best)} to ${write(summary.worst)}`];
    const before = compared && [...cells(compared.baseline), results[compared.result]];
    return [[title, ...cells(now), ...(comparison ? (before ?? ['', '', '', '']) : [])]];
  });
  const headings = ['Number', 'Median', 'Worst', 'Spread'];
  const earlier = ['Earlier median', 'Earlier worst', 'Earlier spread', 'Compared'];
  return table([...headings, ...(comparison ? earlier : [])], rows);
}
