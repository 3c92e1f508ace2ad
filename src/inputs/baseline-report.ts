import { isCounted } from '../chaos/repetitions.js';
import type { Baseline } from '../chaos/spec.js';
import { numbersOf } from '../journal/experiment-numbers.js';
import type { Report } from '../journal/model.js';
import { resolveNamed } from '../runtime/contained-path.js';
import type { Files, RunFacts } from '../runtime/ports.js';
import { clipEnd } from '../runtime/text.js';
import { reasonOf } from '../runtime/thrown.js';
import type { ConfigReading } from './config-source.js';
import type { Environment } from './environment.js';
import { violationsOf } from './json-schema.js';
import { isUsedBy } from './operation-inputs.js';
import { createProblems, type Problem } from './problems.js';
import { readRawInputs } from './raw-inputs.js';

/** The report that `baseline-report` names, as it was read. */
export interface BaselineReading {
  /** Absent if none is named, or it has problems. */
  readonly baseline?: Baseline;
  readonly problems: readonly Problem[];
}

const input = 'baseline-report';
/** Hundreds of runs with their timelines. */
const sizeLimitBytes = 32 * 1024 * 1024;
const experimentLimit = 1_000;
/** How many problems are shown, and how long each may be, in characters. */
const shownProblems = 10;
const shownLength = 200;
const remedy = 'name the report.json of an earlier step with operation chaos or e2e, of the same major version';

/** The result without a baseline. */
export const noBaseline: BaselineReading = { problems: [] };

/**
 * Reads the report that the inputs name and checks it against the schema: somebody else may have written it. Only the
 * names of its experiments, their verdicts and their numbers are used. Throws nothing: what is wrong is a problem among
 * those of the other inputs.
 */
export async function loadBaseline(
  files: Files,
  env: Environment,
  run: RunFacts,
  config: Pick<ConfigReading, 'values'>,
): Promise<BaselineReading> {
  const raw = readRawInputs({ env, run, config: config.values }, createProblems([]));
  const path = raw.text(input);
  if (path === '' || !isUsedBy(raw.text('operation'), input)) return noBaseline;
  const refuse = (rule: string): BaselineReading => ({
    problems: [{ input: raw.sourceOf(input) === 'config' ? raw.placeOf(input) : input, value: path, rule, remedy }],
  });
  let report: unknown;
  try {
    const real = await resolveNamed(files, path);
    const bytes = await files.size(real);
    if (bytes > sizeLimitBytes) return refuse(`has ${bytes} bytes, more than the limit of ${sizeLimitBytes}`);
    report = JSON.parse(await files.readText(real));
  } catch (error) {
    // The message of a syntax error repeats the text of the file.
    const isSyntax = error instanceof SyntaxError;
    const reason = isSyntax ? 'it is not JSON' : reasonOf(error);
    return refuse(`cannot be read (${reason})`);
  }
  // Loaded by the first baseline, because most steps have none.
  const { default: schema } = await import('../../schema/report.schema.json', { with: { type: 'json' } });
  const violations = violationsOf(schema, report, shownProblems + 1);
  if (violations.length > 0) {
    const shown = violations.slice(0, shownProblems).map(({ at, rule }) => clipEnd(`${at} ${rule}`, shownLength));
    const rest = violations.length > shown.length ? ['and more'] : [];
    return refuse(`does not follow the schema of reports: ${[...shown, ...rest].join(', ')}`);
  }
  const { experiments } = report as Report;
  if (experiments.length > experimentLimit) return refuse(`has more than ${experimentLimit} experiments`);
  const runs = experiments.filter(isCounted).map(one => ({ experiment: one.name, numbers: numbersOf(one) }));
  return { baseline: { path, runs }, problems: [] };
}
