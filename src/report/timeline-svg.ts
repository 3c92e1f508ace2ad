import type { ExperimentRecord, LaneState, MomentName, TimelineRecord } from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import { clipName } from '../runtime/text.js';
import { outagesIn } from './timeline-outages.js';
import { element, xmlText } from './xml.js';

const width = 1200;
const left = 210;
const right = 30;
const rowHeight = 26;
const top = 92;
const probeHeight = 70;
/** The time limit of the probe, in milliseconds: the height of a full bar. */
const fullMs = 2_000;
/** The width of the longest label below the axis. */
const labelWidth = 65;
/** The number of characters that fit left of the bars, in bold in the widest common font. */
const nameLength = 16;

/** Returns the horizontal position of a time. */
type Scale = (atMs: number) => number;

/**
 * Returns the timeline of an experiment as an SVG image: the attempts of the probe, the states of nodes and members,
 * and the fault in the background. It supports light and dark mode, and has no scripts or external resources. Each
 * state has a letter as well as a colour. Undefined without a measurement.
 */
export function renderTimeline(record: ExperimentRecord): string | undefined {
  const { timeline, name, verdict, reason } = record;
  if (timeline === undefined) return undefined;
  const scale: Scale = atMs => left + (Math.min(atMs, timeline.ms) / Math.max(1, timeline.ms)) * (width - left - right);
  const lanesTop = top + probeHeight + 20;
  const bottom = lanesTop + timeline.lanes.length * rowHeight;
  const height = bottom + 100;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    element('title', { id: 'title' }, [xmlText(`${name}: ${verdict}`)]),
    element('desc', { id: 'description' }, [xmlText(reason)]),
    style,
    element('rect', { class: 'page', width, height }),
    text(20, 32, `${name}: ${verdict}`, 'head'),
    ...wrap(reason, 165)
      .slice(0, 2)
      .map((words, index) => text(20, 52 + index * 15, words, 'small')),
    ...fault(timeline, scale, bottom),
    ...probe(timeline, scale),
    ...lanes(timeline, scale, lanesTop),
    ...moments(timeline, scale, bottom),
    ...axis(timeline, scale, bottom),
    ...legend(height - 16),
    '</svg>',
    '',
  ].join('\n');
}

/** Colours that differ in lightness as well as in hue (Okabe and Ito, "Color Universal Design"). */
const style = `<style>
  svg { font: 12px system-ui, sans-serif; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .small, .tick { fill: #59636e; font-size: 11px; }
  .head { font-size: 18px; font-weight: 600; } .grid { stroke: #d1d9e0; } .moment { stroke: #59636e; stroke-dasharray: 3 3; }
  .fault { fill: #fff3d6; } .outage { fill: #d55e00; opacity: .25; } .ok { fill: #0072b2; } .failed { fill: #d55e00; }
  .ready { fill: #56b4e9; } .not-ready { fill: #d55e00; } .cordoned { fill: #f0e442; } .pending { fill: #e69f00; }
  .terminating { fill: #cc79a7; } .absent { fill: none; stroke: #59636e; stroke-dasharray: 2 3; } .hole { fill: #59636e; opacity: .35; }
  .letter { fill: #000000; font-size: 10px; } .target { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #f0f6fc; } .small, .tick { fill: #9198a1; } .grid { stroke: #3d444d; }
    .moment { stroke: #9198a1; } .fault { fill: #3a2d0c; } .outage { opacity: .4; } .ok { fill: #56b4e9; } .letter { fill: #000000; }
    .absent { stroke: #9198a1; } .hole { fill: #9198a1; }
  }
</style>`;

const letters: Readonly<Record<LaneState, string>> = {
  ready: 'R',
  'not-ready': 'N',
  cordoned: 'C',
  pending: 'P',
  terminating: 'T',
  absent: '',
};

function fault(timeline: TimelineRecord, scale: Scale, bottom: number): readonly string[] {
  const from = at(timeline, 'injected');
  if (from === undefined) return [];
  const to = at(timeline, 'reverted') ?? timeline.ms;
  return [rect('fault', scale(from), top - 8, scale(to) - scale(from), bottom - top + 8)];
}

/** Draws one bar per attempt, whose height is its duration. A failure is a full bar in another colour. */
function probe(timeline: TimelineRecord, scale: Scale): readonly string[] {
  const base = top + probeHeight;
  const bars = columnsOf(timeline, scale).map(({ x, ms, ok }) => {
    const height = ok ? Math.max(2, (Math.min(ms, fullMs) / fullMs) * probeHeight) : probeHeight;
    return rect(ok ? 'ok' : 'failed', x, base - height, 1.5, height);
  });
  const outages = outagesIn(timeline).map(({ fromMs, toMs }) =>
    rect('outage', scale(fromMs), top, scale(toMs) - scale(fromMs), probeHeight),
  );
  return [
    text(20, top + 20, 'new connections', ''),
    text(20, top + 36, `bar: time to answer, 0 to ${fullMs / 1000} s`, 'small'),
    text(20, top + 51, 'full bar, orange: failed', 'small'),
    line('grid', left, base, width - right, base),
    ...outages,
    ...bars,
  ];
}

/** Merges attempts at the same position: the bar shows a failure if there is one, otherwise the slowest attempt. */
function columnsOf({ attempts }: TimelineRecord, scale: Scale): readonly { x: number; ms: number; ok: boolean }[] {
  const columns = new Map<number, { x: number; ms: number; ok: boolean }>();
  for (const [atMs, ms, ok] of attempts) {
    const x = Math.round(scale(atMs) / 2) * 2;
    const former = columns.get(x);
    columns.set(x, { x, ms: Math.max(ms, former?.ms ?? 0), ok: ok === 1 && (former?.ok ?? true) });
  }
  return [...columns.values()];
}

function lanes({ lanes: all, holes }: TimelineRecord, scale: Scale, lanesTop: number): readonly string[] {
  const bottom = lanesTop + all.length * rowHeight;
  const rows = all.flatMap(({ kind, name, target, states }, index) => {
    const y = lanesTop + index * rowHeight;
    return [
      text(20, y + 16, `${kind} ${clipName(name, nameLength)}`, target ? 'target' : ''),
      ...states.flatMap(({ state, fromMs, toMs, node }) => {
        const x = scale(fromMs);
        const length = Math.max(1, scale(toMs) - x);
        const tip = [state, ...(node ? [`on ${node}`] : []), `${formatDuration(fromMs)} to ${formatDuration(toMs)}`];
        return [
          rect(state, x, y + 3, length, rowHeight - 8, tip.join(', ')),
          ...(length > 14 && letters[state] !== '' ? [text(x + 4, y + 16, letters[state], 'letter')] : []),
        ];
      }),
    ];
  });
  const gaps = holes.map(({ kind, fromMs, toMs }) => {
    const x = scale(Math.max(0, fromMs));
    return rect('hole', x, lanesTop, Math.max(2, scale(toMs) - x), bottom - lanesTop, `no data of kind ${kind}`);
  });
  return [...rows, ...gaps];
}

const momentWords: Readonly<Record<MomentName, string>> = {
  steady: '',
  injected: 'fault',
  confirmed: 'confirmed',
  reverted: 'reverted',
  recovered: 'recovered',
  ended: '',
};

/** Draws the moments. A label that would overlap an earlier one is on the next line. */
function moments(timeline: TimelineRecord, scale: Scale, bottom: number): readonly string[] {
  const ends: number[] = [];
  return timeline.moments.flatMap(({ name, atMs }) => {
    const words = momentWords[name];
    if (words === '') return [];
    const x = scale(atMs);
    const from = Math.min(x + 3, width - labelWidth);
    const free = ends.findIndex(end => end <= from);
    const level = free === -1 ? ends.length : free;
    ends[level] = from + labelWidth;
    return [line('moment', x, top - 8, x, bottom + 4), text(from, bottom + 32 + level * 12, words, 'small')];
  });
}

function axis({ ms }: TimelineRecord, scale: Scale, bottom: number): readonly string[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map(seconds => seconds * 1000);
  const step = steps.find(one => ms / one <= 14) ?? 1_200_000;
  const marks = Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
  return marks.flatMap(atMs => [
    line('grid', scale(atMs), bottom, scale(atMs), bottom + 5),
    text(scale(atMs), bottom + 17, formatDuration(atMs).replace('0ms', '0s'), 'tick'),
  ]);
}

function legend(y: number): readonly string[] {
  const shown = ['ready', 'not-ready', 'cordoned', 'pending', 'terminating', 'absent'] as const;
  return shown.flatMap((state, index) => {
    const x = left + index * 120;
    return [
      rect(state, x, y - 11, 14, 12),
      ...(letters[state] === '' ? [] : [text(x + 3, y - 1, letters[state], 'letter')]),
      text(x + 20, y, state, 'small'),
    ];
  });
}

function at({ moments: all }: TimelineRecord, name: MomentName): number | undefined {
  return all.find(moment => moment.name === name)?.atMs;
}

function rect(kind: string, x: number, y: number, w: number, h: number, tip = ''): string {
  const content = tip === '' ? [] : [element('title', {}, [xmlText(tip)])];
  return element('rect', { class: kind, x: fixed(x), y: fixed(y), width: fixed(w), height: fixed(h) }, content);
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return element('line', { class: kind, x1: fixed(x1), y1: fixed(y1), x2: fixed(x2), y2: fixed(y2) });
}

function text(x: number, y: number, content: string, kind: string): string {
  return element('text', { x: fixed(x), y: fixed(y), class: kind === '' ? undefined : kind }, [xmlText(content)]);
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function wrap(words: string, length: number): readonly string[] {
  return words.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}
