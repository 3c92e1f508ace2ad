import type { ExperimentRecord, LaneRecord, LaneState, TimelineRecord } from '../journal/experiment-record.js';
import { clipName } from '../runtime/text.js';
import { outagesIn } from './timeline-outages.js';

/** More lines than this make a picture that nobody reads, and mermaid has a limit on its text. */
const laneLimit = 20;
const stateLimit = 30;
/** By default mermaid leaves less room before the bars than the name of a member takes. */
const leftPadding = 150;
const nameLength = 16;

/** The timeline of an experiment as a mermaid gantt, which GitHub draws in summaries; empty when nothing was measured. */
export function renderGantt({ name, timeline }: Pick<ExperimentRecord, 'name' | 'timeline'>): string {
  if (timeline === undefined) return '';
  const lanes = timeline.lanes.filter(lane => lane.target || lane.states.length > 1).slice(0, laneLimit);
  const lines = [
    'gantt',
    `  title ${label(name)}`,
    '  dateFormat x',
    '  axisFormat %M:%S',
    `  %%{init: ${JSON.stringify({ gantt: { leftPadding } })}}%%`,
    ...part('Experiment', phasesOf(timeline)),
    ...part('Clients', outages(timeline)),
    ...lanes.flatMap(lane => part(`${lane.kind} ${clipName(lane.name, nameLength)}`, states(lane))),
  ];
  return ['```mermaid', ...lines, '```'].join('\n');
}

interface Bar {
  readonly text: string;
  readonly tag: '' | 'crit' | 'done' | 'active';
  readonly fromMs: number;
  readonly toMs: number;
}

function part(title: string, bars: readonly Bar[]): readonly string[] {
  if (bars.length === 0) return [];
  return [
    `  section ${label(title)}`,
    // A bar without a length is not drawn.
    ...bars.map(({ text, tag, fromMs, toMs }) => {
      const tagged = tag === '' ? '' : `${tag}, `;
      return `  ${label(text)} :${tagged}${fromMs}, ${Math.max(toMs, fromMs + 1)}`;
    }),
  ];
}

const phaseNames = {
  steady: 'steady',
  injected: 'fault begins',
  confirmed: 'fault held',
  reverted: 'put back',
  recovered: 'recovered',
  ended: '',
} as const;

function phasesOf({ moments }: TimelineRecord): readonly Bar[] {
  return moments.slice(0, -1).map(({ name, atMs }, index) => ({
    text: phaseNames[name],
    tag: name === 'injected' || name === 'confirmed' ? 'crit' : 'done',
    fromMs: atMs,
    toMs: moments[index + 1]?.atMs ?? atMs,
  }));
}

function outages(timeline: TimelineRecord): readonly Bar[] {
  return outagesIn(timeline)
    .slice(0, stateLimit)
    .map(({ fromMs, toMs }) => ({ text: 'no connection', tag: 'crit', fromMs, toMs }));
}

/** Words beside a short bar of the kind `active` cannot be read in mermaid's dark theme, and a member is pending for moments. */
const stateTags: Readonly<Record<LaneState, Bar['tag']>> = {
  ready: 'done',
  cordoned: 'active',
  pending: '',
  'not-ready': 'crit',
  terminating: 'crit',
  absent: 'crit',
};

function states({ states: all }: LaneRecord): readonly Bar[] {
  const shown = all.slice(0, stateLimit);
  return shown.map(({ state, fromMs, toMs, node }) => ({
    text: node ? `${state} on ${node}` : state,
    tag: stateTags[state],
    fromMs,
    toMs,
  }));
}

/** Mermaid reads these characters as structure; names of Kubernetes have none of them, text from outside may. */
function label(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._/…-]+/gu, ' ').trim() || '-';
}
