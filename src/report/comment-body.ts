import type { Report } from '../journal/model.js';
import { experimentsTable } from './experiments-summary.js';
import { code, inline, joinWithin, section, withoutMentions } from './markdown.js';
import { errorSection, headline, phasesTable, verdictLine } from './outline.js';

/**
 * GitHub refuses a comment of more than 65,536 characters ("body is too long"). This leaves room for the hidden lines
 * before it; bytes are counted, which are never fewer.
 */
export const commentLimitBytes = 50_000;

const messageLimit = 2_000;
const errorLimit = 3;

/** What a comment is about, and where more is to be seen. */
export interface CommentPlace {
  /** The cluster in the words that stay the same from run to run. */
  readonly cluster: string;
  readonly runUrl: string;
}

/** The comment about a step that has ended, the verdict first. Evidence stays in the run, which it links. */
export function renderComment(report: Report, { cluster, runUrl }: CommentPlace): string {
  const { errors, runId, attempt } = report;
  const blocks = [
    verdictLine(report),
    headline(report),
    ...errors.slice(0, errorLimit).map(error => errorSection(error, messageLimit)),
    section('Experiments', experimentsTable(report)),
    section('Phases', phasesTable(report)),
  ];
  const run = `[run ${inline(runId)}, attempt ${inline(attempt)}](${runUrl})`;
  const notice = `Reports, evidence and what is not shown here: ${run}. Cluster ${code(cluster)}.`;
  const left = commentLimitBytes - Buffer.byteLength(notice);
  return `${joinWithin(blocks.map(withoutMentions), left, '_Some sections are too long for a comment._')}\n${notice}\n`;
}
