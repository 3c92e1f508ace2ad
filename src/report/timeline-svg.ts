import type { ExperimentRecord, MomentName, TimelineRecord } from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import { box, line, words, wrap } from './svg.js';
import { limitRows } from './timeline-limits.js';
import { leftEdge, letters, rightEdge, scaleOf, type TimelineRow, timelineRows } from './timeline-rows.js';
import { element, xmlText } from './xml.js';

/** The width where the picture is part of a page; in a window of its own, it is as wide as the window, up to this. */
const width = 1200;
/** In a narrower window, sentences have more lines. */
const narrowWidth = 700;
const top = 44;
const axisHeight = 26;
const lineHeight = 15;
/** What fits on a line, in characters: of a wide picture, and of one of 400 pixels. */
const [wideLength, narrowLength] = [180, 60] as const;
/** The most lines of the reason of a verdict in a narrow picture. */
const reasonLines = 10;
/** The width of the longest label below the axis of a narrow picture, in percent. */
const labelWidth = 18;

/**
 * Returns the timeline of an experiment as an SVG image: the attempts of each series, the clients and messages, the states
 * of members and nodes, with the fault in the background, and the limits. It supports light and dark mode, has no scripts
 * or external resources, and can be read at any width from 400 pixels. Each state has a letter as well as a colour.
 * Undefined without a measurement.
 */
export function renderTimeline(record: ExperimentRecord): string | undefined {
  const { timeline, measurement, name, verdict, reason } = record;
  if (timeline === undefined) return undefined;
  const rows = stack(timelineRows(timeline, measurement), top);
  const labels = moments(timeline, rows.bottom);
  const limits = stack(limitRows(record), labels.bottom + 10);
  const legendTop = limits.bottom + 8;
  const reasonTop = legendTop + 3 * 18 + 18;
  const narrow = wrap(reason, narrowLength).slice(0, reasonLines);
  const height = reasonTop + narrow.length * lineHeight;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    element('title', { id: 'title' }, [xmlText(`${name}: ${verdict}`)]),
    element('desc', { id: 'description' }, [xmlText(reason)]),
    style,
    box('page', 0, 0, 100, height),
    words(`${name}: ${verdict}`, leftEdge, 26, { kind: 'head' }),
    ...fault(timeline, rows.bottom),
    ...rows.parts,
    ...gaps(timeline, rows.bottom),
    ...axis(timeline, rows.bottom),
    ...labels.parts,
    ...limits.parts,
    ...legend(legendTop),
    ...[wrap(reason, wideLength), narrow].flatMap((lines, index) =>
      lines.map((text, row) =>
        words(text, leftEdge, reasonTop + row * lineHeight, { kind: `small ${index === 0 ? 'wide' : 'narrow'}` }),
      ),
    ),
    '</svg>',
    '',
  ].join('\n');
}

/** Colours that differ in lightness as well as in hue (Okabe and Ito, "Color Universal Design"). */
const style = `<style>
  svg { font: 12px system-ui, sans-serif; max-width: 100%; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .small, .tick { fill: #59636e; font-size: 11px; } .name { font-weight: 600; }
  .head { font-size: 18px; font-weight: 600; } .grid { stroke: #d1d9e0; } .moment { stroke: #59636e; stroke-dasharray: 3 3; }
  .fault { fill: #fff3d6; } .outage { fill: #d55e00; opacity: .25; } .ok { fill: #0072b2; } .failed { fill: #d55e00; }
  .count { fill: #0072b2; opacity: .55; } .track { fill: #eff2f5; } .limit { stroke: #1f2328; stroke-width: 2; }
  .ready { fill: #56b4e9; } .not-ready { fill: #d55e00; } .cordoned { fill: #f0e442; } .pending { fill: #e69f00; }
  .terminating { fill: #cc79a7; } .absent { fill: none; stroke: #59636e; stroke-dasharray: 2 3; } .hole { fill: #59636e; opacity: .35; }
  .letter { fill: #000000; font-size: 10px; } .narrow { display: none; }
  @media (max-width: ${narrowWidth}px) { .narrow { display: inline; } .wide { display: none; } }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #f0f6fc; } .small, .tick { fill: #9198a1; } .grid { stroke: #3d444d; }
    .moment { stroke: #9198a1; } .fault { fill: #3a2d0c; } .outage { opacity: .4; } .ok, .count { fill: #56b4e9; }
    .track { fill: #212830; } .limit { stroke: #f0f6fc; } .letter { fill: #000000; } .absent { stroke: #9198a1; } .hole { fill: #9198a1; }
  }
</style>`;

/** Draws rows below each other. */
function stack(
  rows: readonly TimelineRow[],
  from: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  let bottom = from;
  const parts = rows.flatMap(row => {
    const y = bottom;
    bottom += row.height;
    return row.draw(y);
  });
  return { parts, bottom };
}

function fault(timeline: TimelineRecord, bottom: number): readonly string[] {
  const at = (name: MomentName): number | undefined => timeline.moments.find(moment => moment.name === name)?.atMs;
  const from = at('injected');
  if (from === undefined) return [];
  const scale = scaleOf(timeline);
  return [box('fault', scale(from), top - 4, scale(at('reverted') ?? timeline.ms) - scale(from), bottom - top + 4)];
}

/** Draws the times without data over all rows of the cluster. */
function gaps(timeline: TimelineRecord, bottom: number): readonly string[] {
  const scale = scaleOf(timeline);
  return timeline.holes.map(({ kind, fromMs, toMs }) => {
    const x = scale(fromMs);
    return box('hole', x, top, Math.max(0.2, scale(toMs) - x), bottom - top, `no data of kind ${kind}`);
  });
}

const momentWords: Readonly<Record<MomentName, string>> = {
  steady: '',
  injected: 'fault',
  confirmed: 'confirmed',
  reverted: 'reverted',
  recovered: 'recovered',
  ended: '',
};

/** Draws the moments, and when the recovery was due. A label that would overlap an earlier one is on the next line. */
function moments(
  timeline: TimelineRecord,
  rowsBottom: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  const scale = scaleOf(timeline);
  const ends: number[] = [];
  const parts = timeline.moments.flatMap(({ name, atMs }) => {
    const label = momentWords[name];
    if (label === '') return [];
    const x = scale(atMs);
    const isLate = x + labelWidth > 100;
    const from = isLate ? x - labelWidth : x;
    const free = ends.findIndex(end => end <= from);
    const level = free === -1 ? ends.length : free;
    ends[level] = from + labelWidth;
    const y = rowsBottom + axisHeight + 10 + level * 13;
    const anchor = isLate ? ({ anchor: 'end', shift: -3 } as const) : { shift: 3 };
    return [line('moment', x, top - 4, x, y), words(label, x, y, { kind: 'small', ...anchor })];
  });
  return { parts, bottom: rowsBottom + axisHeight + 10 + ends.length * 13 };
}

function axis(timeline: TimelineRecord, bottom: number): readonly string[] {
  const { ms } = timeline;
  const scale = scaleOf(timeline);
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map(seconds => seconds * 1000);
  const step = steps.find(one => ms / one <= 6) ?? 1_200_000;
  const marks = Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
  return marks.flatMap(atMs => [
    line('grid', scale(atMs), bottom, scale(atMs), bottom + 5),
    words(formatDuration(atMs).replace('0ms', '0s').replace('.0s', 's'), scale(atMs), bottom + 17, {
      kind: 'tick',
      ...(scale(atMs) > 95 ? { anchor: 'end' } : atMs > 0 && { anchor: 'middle' }),
    }),
  ]);
}

const legendEntries = [
  ['ready', 'ready'],
  ['not-ready', 'not ready'],
  ['cordoned', 'cordoned'],
  ['pending', 'pending'],
  ['terminating', 'terminating'],
  ['absent', 'absent'],
  ['ok', 'answer, 0 to 2 s'],
  ['failed', 'share that failed'],
  ['hole', 'no data'],
] as const;

function legend(y: number): readonly string[] {
  return legendEntries.flatMap(([kind, label], index) => {
    const x = leftEdge + (index % 3) * ((rightEdge - leftEdge) / 3);
    const base = y + Math.floor(index / 3) * 18 + 11;
    const letter = kind in letters ? letters[kind as keyof typeof letters] : '';
    return [
      element('rect', { class: kind, x: `${x}%`, y: base - 10, width: 13, height: 12 }),
      ...(letter === '' ? [] : [words(letter, x, base - 1, { kind: 'letter', shift: 3 })]),
      words(label, x, base, { kind: 'small', shift: 18 }),
    ];
  });
}
