import type { ExperimentRecord, LaneRecord, LaneState, TimelineRecord } from '../journal/experiment-record.js';
import { clipName } from '../runtime/text.js';
import { outagesIn } from './timeline-outages.js';

/** A diagram with more lanes is not readable, and mermaid limits its text. */
const laneLimit = 20;
const stateLimit = 30;
/** The space before the bars, in pixels. The default of mermaid is too small for the name of a member. */
const leftPadding = 150;
const nameLength = 16;

/**
 * Returns the timeline of an experiment as a mermaid gantt chart, which GitHub renders in summaries; empty without a
 * measurement.
 */
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
    // Mermaid does not draw a bar with length 0.
    ...bars.map(({ text, tag, fromMs, toMs }) => {
      const tagged = tag === '' ? '' : `${tag}, `;
      return `  ${label(text)} :${tagged}${fromMs}, ${Math.max(toMs, fromMs + 1)}`;
    }),
  ];
}

const phaseNames = {
  steady: 'steady',
  injected: 'fault injected',
  confirmed: 'fault held',
  reverted: 'fault reverted',
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

function outages({ series, ms }: TimelineRecord): readonly Bar[] {
  return series
    .slice(0, 1)
    .flatMap(connections => outagesIn(connections, ms))
    .slice(0, stateLimit)
    .map(({ fromMs, toMs }) => ({ text: 'no connection', tag: 'crit', fromMs, toMs }));
}

/**
 * No `active` for `pending`, which is short: text beside a short bar of that kind is not readable in mermaid's dark
 * theme.
 */
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

/** Replaces characters that mermaid parses as syntax. Kubernetes names have none of them, but external text can. */
function label(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._/…-]+/gu, ' ').trim() || '-';
}
