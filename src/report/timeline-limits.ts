import { worstIn } from '../journal/client-series.js';
import type { ExperimentRecord, LimitsRecord, MeasurementRecord } from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import { box, line, words } from './svg.js';
import { leftEdge, rightEdge, type TimelineRow } from './timeline-rows.js';

const [labelHeight, barHeight, gap] = [16, 8, 8] as const;
/** Where the line of a limit of the kind "at most" is; a bar beyond it is too long. In percent of the width. */
const atMostShare = 70;

/** A limit and what was measured of it, in its unit. */
interface Limited {
  /** The name of the assertion. */
  readonly name: string;
  readonly limit: number;
  readonly measured: number | undefined;
  readonly write: (value: number) => string;
}

/** Returns a row for each limit that was judged: a bar of what was measured, and a line where the limit is. */
export function limitRows({ timeline, measurement, assertions }: ExperimentRecord): readonly TimelineRow[] {
  if (timeline === undefined || measurement === undefined) return [];
  return limitsOf(timeline.limits, measurement).flatMap(one => {
    const result = assertions.find(({ name }) => name === one.name)?.result;
    return result === undefined ? [] : [limitRow(result === 'not-measured' ? { ...one, measured: undefined } : one)];
  });
}

function limitsOf(limits: LimitsRecord, measurement: MeasurementRecord): readonly Limited[] {
  const count = (value: number): string => String(value);
  const { milestones, messages } = measurement;
  return [
    {
      name: 'max-outage',
      limit: limits.maxOutageMs,
      measured: worstIn(measurement, 'outageMs')?.value,
      write: formatDuration,
    },
    {
      name: 'max-degraded',
      limit: limits.maxDegradedMs,
      measured: worstIn(measurement, 'degradedMs')?.value,
      write: formatDuration,
    },
    {
      name: 'max-recovery',
      limit: limits.maxRecoveryMs,
      measured: milestones.recoveryMs ?? undefined,
      write: formatDuration,
    },
    {
      name: 'min-availability',
      limit: limits.minAvailability,
      measured: worstIn(measurement, 'availability')?.value,
      write: value => `${value} %`,
    },
    { name: 'max-lost', limit: limits.maxLost, measured: messages && messages.lost + messages.diverged, write: count },
  ];
}

function limitRow({ name, limit, measured, write }: Limited): TimelineRow {
  const [kind = '', quantity = ''] = name.split('-');
  const isAtMost = kind === 'max';
  // An availability is a share of all already.
  const shareOf = (value: number): number =>
    !isAtMost ? value : limit === 0 ? (value === 0 ? 0 : 100) : (value / limit) * atMostShare;
  const widthOf = (share: number): number => (Math.min(100, share) / 100) * (rightEdge - leftEdge);
  const isMet = measured !== undefined && (isAtMost ? measured <= limit : measured >= limit);
  return {
    height: labelHeight + barHeight + gap,
    draw(y) {
      const at = leftEdge + widthOf(shareOf(limit));
      return [
        words(`${quantity} ${measured === undefined ? 'not measured' : write(measured)}`, leftEdge, y + 11),
        words(`${isAtMost ? 'at most' : 'at least'} ${write(limit)}`, rightEdge, y + 11, {
          kind: 'small',
          anchor: 'end',
        }),
        box('track', leftEdge, y + labelHeight, rightEdge - leftEdge, barHeight),
        ...(measured === undefined
          ? []
          : [box(isMet ? 'ok' : 'failed', leftEdge, y + labelHeight, widthOf(shareOf(measured)), barHeight)]),
        line('limit', at, y + labelHeight - 3, at, y + labelHeight + barHeight + 3),
      ];
    },
  };
}
