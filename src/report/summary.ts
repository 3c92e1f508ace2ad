import type { CallRecord, ErrorRecord, Report } from '../journal/model.js';
import { clipEnd, clipStart } from '../runtime/text.js';
import { experimentDetails, experimentsTable } from './experiments-summary.js';
import { code, collapsed, collapsedText, inline, joinWithin, limited, list, section, table } from './markdown.js';
import { errorSection, headline, phasesTable, verdictLine } from './outline.js';
import { repetitionDetails } from './repetitions-summary.js';

/**
 * GitHub drops a step summary above 1 MiB ("Adding a job summary" in the GitHub Actions documentation). Other steps of
 * the job share the page, so this limit is lower.
 */
export const summaryLimitBytes = 900_000;

const evidenceLimit = 40_000;
const messageLimit = 10_000;
const noteLimit = 500;
const rowLimit = 200;

/** Returns the job summary of a step, with errors first. `directory` is the folder of the reports. */
export function renderSummary(report: Report, directory: string): string {
  const blocks = [
    headline(report),
    verdictLine(report),
    origin(report),
    ...report.errors.map(renderError),
    section('Not yet undone', list(report.pending.map(limited))),
    section('Experiments', experimentsTable(report)),
    ...repetitionDetails(report),
    ...experimentDetails(report),
    section('Cluster', facts(report)),
    section('Phases', phasesTable(report)),
    phaseNotes(report),
    section('Members', members(report)),
    section('Warnings', list(report.warnings.slice(0, rowLimit).map(limited))),
    closing(report, directory),
  ];
  const notice = `_Some sections are too long for this page; report.json in ${code(directory)} has everything._`;
  return joinWithin(blocks, summaryLimitBytes, notice);
}

function origin({ outcome, runId, attempt, instance, startedAt }: Report): string {
  const where = [
    `run ${inline(runId)}`,
    `attempt ${inline(attempt)}`,
    ...(instance ? [`instance ${code(instance)}`] : []),
  ];
  const line = `Started ${inline(startedAt)}, ${where.join(', ')}.`;
  // This is the last report of a step that was killed.
  return outcome === undefined
    ? `${line} If the job has ended, the step was killed before it could report its outcome.`
    : line;
}

function renderError(error: ErrorRecord): string {
  const { evidence } = error;
  const shown = evidence.trim() === '' ? '' : collapsedText('Evidence', clipStart(evidence, evidenceLimit));
  return errorSection(error, messageLimit, shown);
}

function facts(report: Report): string {
  const known = Object.entries(report.facts).filter(([, value]) => value !== '');
  return table(
    ['Fact', 'Value'],
    known.map(([name, value]) => [inline(name), code(clipEnd(value, noteLimit))]),
  );
}

function phaseNotes(report: Report): string {
  const phases = report.phases.filter(({ notes }) => notes.length > 0);
  if (phases.length === 0) return '';
  const parts = phases.map(
    ({ title, notes }) => `**${inline(title)}**\n\n${list(notes.slice(0, rowLimit).map(limited))}`,
  );
  return collapsed('What each phase did', parts.join('\n\n'));
}

function members(report: Report): string {
  const measured = report.members.some(({ cpu }) => cpu !== undefined);
  const rows = report.members
    .slice(0, rowLimit)
    .map(({ name, node, ready, seed, restarts, image, cpu }) => [
      code(name),
      inline(node),
      ready ? 'yes' : '**no**',
      seed ? 'yes' : 'no',
      String(restarts),
      code(image),
      ...(measured ? [inline(cpu ?? 'not measured')] : []),
    ]);
  return table(['Name', 'Node', 'Ready', 'Seed', 'Restarts', 'Image', ...(measured ? ['CPU'] : [])], rows);
}

function closing({ commands, calls }: Report, directory: string): string {
  const tools = [...new Set(commands.map(({ tool }) => tool))].sort();
  const byTool = tools.map(tool => `${inline(tool)} ${commands.filter(command => command.tool === tool).length}`);
  const counts = [
    ...(commands.length > 0 ? [`processes started: ${commands.length} (${byTool.join(', ')})`] : []),
    ...countOf('Kubernetes API calls', calls, 'kubernetes'),
    ...countOf('Azure API calls', calls, 'azure'),
  ];
  return [`Reports: report.json and report.xml (JUnit) in ${code(directory)}`, ...counts].join('; ') + '.';
}

function countOf(what: string, calls: Report['calls'], api: CallRecord['api']): readonly string[] {
  const count = calls.filter(call => call.api === api).length;
  return count === 0 ? [] : [`${what}: ${count}`];
}
