import { markerOf, writeMetadata } from '../../../src/github/comment-metadata.js';
import { explainRefusal } from '../../../src/github/refusal.js';
import { Journal } from '../../../src/journal/journal.js';
import { annotationOf } from '../../../src/report/annotation.js';
import { renderComment } from '../../../src/report/comment-body.js';
import { experimentDetails, experimentsTable } from '../../../src/report/experiments-summary.js';
import { renderGantt } from '../../../src/report/gantt.js';
import { renderJson } from '../../../src/report/json-report.js';
import { renderJunit, renderSuites } from '../../../src/report/junit.js';
import { renderLeftovers, renderNothingLeft } from '../../../src/report/leftovers.js';
import { code, collapsed, collapsedText, inline, limited, paragraph } from '../../../src/report/markdown.js';
import { errorSection, headline, phasesTable, verdictLine } from '../../../src/report/outline.js';
import { repetitionDetails } from '../../../src/report/repetitions-summary.js';
import { renderSummary } from '../../../src/report/summary.js';
import { box, words } from '../../../src/report/svg.js';
import { limitRows } from '../../../src/report/timeline-limits.js';
import { type TimelineRow, timelineRows } from '../../../src/report/timeline-rows.js';
import { renderTimeline } from '../../../src/report/timeline-svg.js';
import { vantagePoints } from '../../../src/report/vantage-points.js';
import { attachReports } from '../../../src/report/writer.js';
import { element, xmlText } from '../../../src/report/xml.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';
import { clipEnd, clipName, clipStart, toOneLine, toPlainText, withoutPeriod } from '../../../src/runtime/text.js';
import { foldReports } from '../../../src/workflows/fold.js';
import { assignReports } from '../../../src/workflows/reports.js';
import { fakePorts, ManualClock, RecordingOutputs, someRun } from '../fakes.js';
import { reportOf } from './poison.js';
import { hiddenLine, markdown, oneLine, printable, type Reader, runnerLog, xml } from './readers.js';

/** One function that puts text from outside into something that others read. */
export interface Row {
  /** Whose text it is. */
  readonly from: string;
  readonly reader: Reader;
  readonly render: (text: string) => string | Promise<string>;
}

/** Functions by module: a row, or the reason why a function needs none. */
export type Rows = Readonly<Record<string, Readonly<Record<string, Row | string>>>>;

const row = (from: string, reader: Reader, render: Row['render']): Row => ({ from, reader, render });
/** All texts of a report: of pods, events, nodes, Azure, revert records and files. */
const anything = 'any text of a report';
const runUrl = 'https://github.com/acme/shop/actions/runs/4711';
const takesMarkdown = 'It takes Markdown, which the other functions make.';

/** The folders of which every function is listed, so that a new one fails the test until it has a row. */
export const rows: Rows = {
  'report/annotation': { annotationOf: row(anything, printable, text => annotationOf(errorOf(text))) },
  'report/comment-body': {
    renderComment: row(anything, markdown, text => renderComment(reportOf(text), { cluster: text, runUrl })),
  },
  'report/experiments-summary': {
    experimentsTable: row(anything, markdown, text => experimentsTable(reportOf(text))),
    experimentDetails: row(anything, markdown, text => experimentDetails(reportOf(text)).join('\n\n')),
  },
  'report/gantt': {
    renderGantt: row('nodes, pods', markdown, text => reportOf(text).experiments.map(renderGantt).join()),
  },
  'report/json-report': {
    // A program reads it; nothing is lost and nothing breaks out.
    renderJson: row(
      anything,
      given => (given === 'as it was' ? [] : [given]),
      text => {
        const report = reportOf(text);
        return JSON.stringify(JSON.parse(renderJson(report)), sorted) === JSON.stringify(report, sorted)
          ? 'as it was'
          : 'changed';
      },
    ),
  },
  'report/junit': {
    renderJunit: row(anything, xml, text => renderJunit(reportOf(text))),
    renderSuites: row('report.json of a leg', xml, text =>
      renderSuites([
        { name: text, report: text },
        { name: text, report: reportOf(text) },
      ]),
    ),
  },
  'report/leftovers': {
    renderLeftovers: row('Azure', markdown, text =>
      renderLeftovers([{ what: text, why: text, remedy: text }], { lookedAt: text, runUrl }),
    ),
    renderNothingLeft: row('Azure', markdown, text => renderNothingLeft({ lookedAt: text, runUrl })),
  },
  'report/markdown': {
    inline: row('anyone', markdown, inline),
    limited: row('anyone', markdown, limited),
    paragraph: row('anyone', markdown, paragraph),
    code: row('anyone', markdown, code),
    collapsedText: row('anyone', markdown, text => collapsedText(text, text)),
    collapsed: row('anyone', markdown, text => collapsed(text, 'Markdown')),
    table: takesMarkdown,
    list: takesMarkdown,
    section: takesMarkdown,
    joinWithin: takesMarkdown,
  },
  'report/outline': {
    headline: row(anything, markdown, text => headline(reportOf(text))),
    verdictLine: row(anything, markdown, text => verdictLine(reportOf(text))),
    errorSection: row(anything, markdown, text => errorSection(errorOf(text), 2_000)),
    phasesTable: row(anything, markdown, text => phasesTable(reportOf(text))),
  },
  'report/repetitions-summary': {
    repetitionDetails: row(anything, markdown, text => repetitionDetails(reportOf(text)).join('\n\n')),
  },
  'report/summary': { renderSummary: row(anything, markdown, text => renderSummary(reportOf(text), text)) },
  'report/svg': {
    box: row(anything, xml, text => box('ok', 0, 0, 1, 1, text)),
    line: 'It handles no text.',
    words: row(anything, xml, text => words(text, 0, 0)),
    wrap: 'It splits lines.',
  },
  'report/timeline-limits': {
    limitRows: row(anything, xml, text => drawn(reportOf(text).experiments.flatMap(limitRows))),
  },
  'report/timeline-outages': { outagesIn: 'It returns times.' },
  'report/timeline-rows': {
    scaleOf: 'It returns a function of times.',
    timelineRows: row(anything, xml, text =>
      drawn(
        reportOf(text).experiments.flatMap(({ timeline, measurement }) =>
          timeline === undefined ? [] : timelineRows(timeline, measurement),
        ),
      ),
    ),
  },
  'report/timeline-svg': {
    renderTimeline: row(anything, xml, text => withoutPicture(reportOf(text).experiments.map(renderTimeline).join())),
  },
  'report/vantage-points': {
    vantagePoints: row(anything, markdown, text =>
      reportOf(text)
        .experiments.flatMap(({ measurement }) => (measurement === undefined ? [] : vantagePoints(measurement)))
        .join('\n\n'),
    ),
  },
  'report/writer': {
    attachReports: row(anything, markdown, async text => {
      const [ports, outputs] = [fakePorts(), new RecordingOutputs()];
      const journal = new Journal(new ManualClock(), ports.log, text, text, someRun);
      await attachReports(journal, { ...ports, outputs }, { directory: text, summary: true, redact: same => same });
      return outputs.markdown;
    }),
    coalesce: 'It handles no text.',
  },
  'report/xml': {
    element: row('anyone', xml, text => element('a', { b: text }, [xmlText(text)])),
    xmlText: row('anyone', xml, text => `<a>${xmlText(text)}</a>`),
  },
  'github/comment-metadata': {
    markerOf: row('names of clusters', hiddenLine, markerOf),
    writeMetadata: row('nobody: words of a list', hiddenLine, () =>
      writeMetadata({ run: '4711/1', operation: 'deploy', outcome: 'success' }),
    ),
    readMetadata: 'What it reads is compared, never shown.',
    chooseComment: 'It compares.',
    findOurs: 'It compares.',
  },
  'github/issue': { raiseIssue: 'It sends what was rendered.', closeIssue: 'It sends what was rendered.' },
  'github/pull-request-comment': { commentOnPullRequest: 'It sends what was rendered.' },
  'github/refusal': {
    explainRefusal: row('GitHub', oneLine, text =>
      [new GitHubRefusal(403, text), new GitHubRefusal(500, text), new Error(text)]
        .map(error => explainRefusal(error, { permission: 'issues: write', fromFork: true }))
        .join(' '),
    ),
  },
  'github/run-url': { runUrl: 'Its texts come from the runner.' },
  'github/sticky-comment': { keepComment: 'It sends what was rendered.' },
  'github/within-time': { withinTime: 'It handles no text.' },
  'runtime/text': {
    toPlainText: row('anyone', printable, toPlainText),
    toOneLine: row('anyone', oneLine, toOneLine),
    withoutPeriod: row('anyone', oneLine, text => withoutPeriod(toOneLine(text))),
    clipEnd: row('anyone', printable, text => clipEnd(toPlainText(`${text}${text}`), 12)),
    clipStart: row('anyone', printable, text => clipStart(toPlainText(`${text}${text}`), 12)),
    clipName: row('anyone', oneLine, text => clipName(toOneLine(text), 6)),
  },
  'workflows/fold': {
    foldReports: row('report.json of a leg', markdown, text => {
      const [leg] = assignReports([text], [JSON.stringify({ ...reportOf(text), operation: 'e2e', outcome: text })]);
      return foldReports([{ instance: text, report: undefined }, ...(leg === undefined ? [] : [leg])]).summary;
    }),
  },
  'workflows/reports': { assignReports: 'It parses; fold shows it.' },
};

/** What is printed, by what prints it; see the test. */
export const logReader = runnerLog;

function errorOf(text: string): Parameters<typeof errorSection>[0] {
  return { code: text, message: text, hint: text, transient: true, evidence: text };
}

/** Draws rows of a picture. */
function drawn(all: readonly TimelineRow[]): string {
  return `<svg>${all.flatMap(one => one.draw(0)).join('')}</svg>`;
}

/** Without the declaration and the styles, which have no text from outside. */
function withoutPicture(svg: string): string {
  return svg.replace(/<\?xml.*\?>\n/, '').replace(/<style>[\s\S]*?<\/style>/, '');
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
