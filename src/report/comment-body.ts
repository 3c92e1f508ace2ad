import type { Report } from '../journal/model.js';
import { experimentsTable } from './experiments-summary.js';
import { code, inline, joinWithin, section } from './markdown.js';
import { errorSection, headline, phasesTable, verdictLine } from './outline.js';
import { repetitionDetails } from './repetitions-summary.js';

/**
 * GitHub refuses a comment with more than 65,536 characters ("body is too long"). This limit leaves space for the
 * hidden lines at the start, and counts bytes, which are never fewer than characters.
 */
export const commentLimitBytes = 50_000;

const messageLimit = 2_000;
const errorLimit = 3;

/** The cluster of a comment, and the URL of its run. */
export interface CommentPlace {
  /** The cluster, with the same text in each run. */
  readonly cluster: string;
  readonly runUrl: string;
}

/** Returns the comment about a finished step, with the verdict first. It links to the run, which has the evidence. */
export function renderComment(report: Report, { cluster, runUrl }: CommentPlace): string {
  const { errors, runId, attempt } = report;
  const blocks = [
    verdictLine(report),
    headline(report),
    ...errors.slice(0, errorLimit).map(error => errorSection(error, messageLimit)),
    section('Experiments', experimentsTable(report)),
    ...repetitionDetails(report),
    section('Phases', phasesTable(report)),
  ];
  const run = `[run ${inline(runId)}, attempt ${inline(attempt)}](${runUrl})`;
  const notice = `Reports and evidence: ${run}. Cluster ${code(cluster)}.`;
  const left = commentLimitBytes - Buffer.byteLength(notice);
  return `${joinWithin(blocks, left, '_Some sections are too long for a comment._')}\n${notice}\n`;
}
