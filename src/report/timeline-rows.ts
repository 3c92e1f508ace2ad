import { insideSeries, seriesOf } from '../journal/client-series.js';
import type {
  LaneRecord,
  LaneState,
  MeasurementRecord,
  TimelineRecord,
  TimelineSeries,
  TimelineStep,
} from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import { clipName } from '../runtime/text.js';
import { box, line, words } from './svg.js';
import { outagesIn } from './timeline-outages.js';

/** The left and the right edge of the time axis, in percent. */
export const [leftEdge, rightEdge] = [1, 99] as const;
/** The time limit of an attempt, in milliseconds: the height of a full bar. */
const fullMs = 2_000;
const [labelHeight, plotHeight, laneHeight, gap] = [16, 44, 14, 8] as const;
/** The width of a bar, and of the column of attempts that it stands for, in percent. */
const columnWidth = 0.25;
/** The most characters that fit above a lane of a narrow picture. */
const nameLength = 44;
/** A narrower lane, in percent, has no room for its letter. */
const letterWidth = 4;

/** A row of the timeline, drawn from `y` on. */
export interface TimelineRow {
  readonly height: number;
  draw(y: number): readonly string[];
}

/** Returns the horizontal position of a time, in percent. */
export function scaleOf({ ms }: TimelineRecord): (atMs: number) => number {
  return atMs => leftEdge + (Math.max(0, Math.min(atMs, ms)) / Math.max(1, ms)) * (rightEdge - leftEdge);
}

/** Returns the rows: each series, the clients, the messages, the members, and the nodes. */
export function timelineRows(
  timeline: TimelineRecord,
  measurement: MeasurementRecord | undefined,
): readonly TimelineRow[] {
  const { clients, messages, lanes } = timeline;
  return [
    ...timeline.series.map(series => seriesRow(timeline, series, measurement)),
    ...(clients.length === 0 ? [] : [clientsRow(timeline, measurement)]),
    ...(messages ? [messagesRow(timeline, messages, measurement)] : []),
    ...lanes.filter(({ kind }) => kind === 'member').map(lane => laneRow(timeline, lane)),
    ...lanes.filter(({ kind }) => kind === 'node').map(lane => laneRow(timeline, lane)),
  ];
}

/**
 * Each column has a bar from below, as high as its slowest success took, and one from above, as long as the share that
 * failed.
 */
function seriesRow(
  timeline: TimelineRecord,
  series: TimelineSeries,
  measurement: MeasurementRecord | undefined,
): TimelineRow {
  const scale = scaleOf(timeline);
  const inside = series.name === insideSeries ? measurement?.inside : undefined;
  const record = inside ?? (measurement && seriesOf(measurement).find(({ name }) => name === series.name)?.record);
  const { maxOutageMs } = timeline.limits;
  return plotRow(series.name, record ? describeSeries(record) : '', top => {
    const bars = columnsOf(series, scale).flatMap(({ x, ms, failed, all }) => {
      const height = failed === all ? 0 : Math.max(2, (Math.min(ms, fullMs) / fullMs) * plotHeight);
      const down = failed === 0 ? 0 : Math.max(2, (failed / all) * plotHeight);
      return [
        ...(height > 0 ? [box('ok', x, top + plotHeight - height, columnWidth * 0.8, height)] : []),
        ...(down > 0 ? [box('failed', x, top, columnWidth * 0.8, down)] : []),
      ];
    });
    const outages = outagesIn(series, timeline.ms);
    return [
      ...outages.map(({ fromMs, toMs }) =>
        box('outage', scale(fromMs), top, Math.max(columnWidth, scale(toMs) - scale(fromMs)), plotHeight),
      ),
      ...bars,
      ...outages
        .filter(({ fromMs, toMs }) => toMs - fromMs > maxOutageMs)
        .map(({ fromMs }) =>
          line('limit', scale(fromMs + maxOutageMs), top, scale(fromMs + maxOutageMs), top + plotHeight),
        ),
    ];
  });
}

function describeSeries({ outageMs, availability }: ReturnType<typeof seriesOf>[number]['record']): string {
  if (outageMs === null) return 'not measured';
  return `outage ${formatDuration(outageMs)}${availability === null ? '' : `, ${availability} % available`}`;
}

/** The attempts at the same position. */
interface Column {
  readonly x: number;
  /** The time of the slowest success. */
  ms: number;
  all: number;
  failed: number;
}

function columnsOf({ attempts }: TimelineSeries, scale: (atMs: number) => number): readonly Column[] {
  const columns = new Map<number, Column>();
  for (const [atMs, ms, ok] of attempts) {
    const x = Math.floor(scale(atMs) / columnWidth) * columnWidth;
    const column = columns.get(x) ?? { x, ms: 0, all: 0, failed: 0 };
    column.all += 1;
    if (ok === 1) column.ms = Math.max(column.ms, ms);
    else column.failed += 1;
    columns.set(x, column);
  }
  return [...columns.values()];
}

function clientsRow(timeline: TimelineRecord, measurement: MeasurementRecord | undefined): TimelineRow {
  const { wanted = 0, opened = null, broken, hung } = measurement?.clients ?? {};
  const numbers = opened === null ? 'not measured' : `${opened} of ${wanted}: ${broken} closed, ${hung} hung`;
  const most = timeline.clients.reduce((highest, [, count]) => Math.max(highest, count), Math.max(1, wanted));
  return plotRow('clients connected', numbers, top => steps(timeline, timeline.clients, most, top));
}

function messagesRow(
  timeline: TimelineRecord,
  { inFlight, lost }: NonNullable<TimelineRecord['messages']>,
  measurement: MeasurementRecord | undefined,
): TimelineRow {
  const scale = scaleOf(timeline);
  // With 2 s until an attempt fails, there are up to 8 in an outage.
  const most = inFlight.reduce((highest, [, count]) => Math.max(highest, count), 8);
  const { acked = 0, lost: count = 0 } = measurement?.messages ?? {};
  return plotRow('messages in flight', `up to ${most} high; ${count} of ${acked} lost`, top => [
    ...steps(timeline, inFlight, most, top),
    ...lost.map(atMs => box('failed', scale(atMs), top, columnWidth, plotHeight)),
  ]);
}

/** Draws a number over time. */
function steps(timeline: TimelineRecord, all: readonly TimelineStep[], most: number, top: number): readonly string[] {
  const scale = scaleOf(timeline);
  return all.flatMap(([atMs, count], index) => {
    const [from, to] = [scale(atMs), scale(all[index + 1]?.[0] ?? timeline.ms)];
    const height = Math.min(1, count / most) * plotHeight;
    const tip = `${count} from ${formatDuration(atMs)}`;
    return count === 0 || to <= from ? [] : [box('count', from, top + plotHeight - height, to - from, height, tip)];
  });
}

function plotRow(name: string, numbers: string, draw: (top: number) => readonly string[]): TimelineRow {
  return {
    height: labelHeight + plotHeight + gap,
    draw(y) {
      const top = y + labelHeight;
      return [
        words(name, leftEdge, y + 11, { kind: 'name' }),
        words(numbers, rightEdge, y + 11, { kind: 'small', anchor: 'end' }),
        line('grid', leftEdge, top + plotHeight, rightEdge, top + plotHeight),
        ...draw(top),
      ];
    },
  };
}

/** The letters of the states, so that they differ without colours. */
export const letters: Readonly<Record<LaneState, string>> = {
  ready: 'R',
  'not-ready': 'N',
  cordoned: 'C',
  pending: 'P',
  terminating: 'T',
  absent: '',
};

function laneRow(timeline: TimelineRecord, { kind, name, target, states }: LaneRecord): TimelineRow {
  const scale = scaleOf(timeline);
  return {
    height: labelHeight + laneHeight + gap - 2,
    draw: y => [
      words(`${kind} ${clipName(name, nameLength)}${target ? ' (target)' : ''}`, leftEdge, y + 11, {
        ...(target && { kind: 'name' }),
      }),
      ...states.flatMap(({ state, fromMs, toMs, node }) => {
        const x = scale(fromMs);
        const width = Math.max(0.15, scale(toMs) - x);
        const tip = [state, ...(node ? [`on ${node}`] : []), `${formatDuration(fromMs)} to ${formatDuration(toMs)}`];
        return [
          box(state, x, y + labelHeight, width, laneHeight, tip.join(', ')),
          ...(width > letterWidth && letters[state] !== ''
            ? [words(letters[state], x, y + labelHeight + 11, { kind: 'letter', shift: 4 })]
            : []),
        ];
      }),
    ],
  };
}
