import { join } from 'node:path';
import type { Verdict } from '../journal/experiment-record.js';
import type { Journal } from '../journal/journal.js';
import type { Report } from '../journal/model.js';
import { redactReport } from '../journal/redaction.js';
import type { Files, Log, Outputs } from '../runtime/ports.js';
import { reasonOf } from '../runtime/thrown.js';
import { renderJson } from './json-report.js';
import { renderJunit } from './junit.js';
import { renderSummary } from './summary.js';
import { renderTimeline } from './timeline-svg.js';

export interface ReportOptions {
  /** The folder for the files; it is created when missing. */
  readonly directory: string;
  /** True to write the job summary too. */
  readonly summary: boolean;
  /** Redacts secrets. */
  readonly redact: (text: string) => string;
}

/**
 * Writes `report.json`, `report.xml` and the job summary now, at each change of phase and at the end, so that they
 * exist however the step ends. Sets the outputs with their paths. A report that cannot be written is only a warning: it
 * must not hide the outcome of the step.
 */
export async function attachReports(
  journal: Journal,
  ports: { readonly files: Files; readonly outputs: Outputs; readonly log: Log },
  { directory, summary, redact }: ReportOptions,
): Promise<void> {
  const { files, outputs, log } = ports;
  const json = join(directory, 'report.json');
  const junit = join(directory, 'report.xml');
  outputs.set('report-directory', directory);
  outputs.set('report-json', json);
  outputs.set('report-junit', junit);

  const writeAll = async (): Promise<void> => {
    const report = redactReport(journal.report, redact);
    const pictures = picturesOf(report, directory);
    const [first] = pictures;
    if (first) outputs.set('report-svg', first.path);
    await Promise.all([
      ...pictures.map(({ path, svg }) => files.writeText(path, svg)),
      files.writeText(json, renderJson(report)),
      files.writeText(junit, renderJunit(report)),
      summary ? outputs.summary(renderSummary(report, directory)) : undefined,
    ]);
  };
  let warned = false;
  const write = coalesce(async () => {
    try {
      await writeAll();
    } catch (error) {
      if (!warned) log.warning(`The reports in ${directory} are incomplete: ${reasonOf(error)}`);
      warned = true;
    }
  });
  journal.onChange(write);
  await write();
}

interface Picture {
  readonly path: string;
  readonly svg: string;
  readonly verdict: Verdict;
}

/** Returns one picture per experiment with a measurement; those that did not pass come first. */
function picturesOf({ experiments }: Report, directory: string): readonly Picture[] {
  const pictures = experiments.flatMap((experiment, index): readonly Picture[] => {
    const svg = renderTimeline(experiment);
    const path = join(directory, `timeline-${index + 1}-${experiment.name}.svg`);
    return svg === undefined ? [] : [{ path, svg, verdict: experiment.verdict }];
  });
  return [...pictures].sort((a, b) => Number(a.verdict === 'pass') - Number(b.verdict === 'pass'));
}

/**
 * Returns a function that never runs `job` twice at the same time. All calls during a run share the next run, which
 * starts after it and so includes the changes of all callers.
 */
export function coalesce(job: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    running = job();
    return running;
  };
  return () => (next ??= running.then(begin, begin));
}
