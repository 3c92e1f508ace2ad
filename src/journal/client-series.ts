import type { MeasurementRecord } from './experiment-record.js';
import type { SeriesRecord } from './series-record.js';

/** The attempts of clients that were measured, and what they are called in sentences. */
export interface ClientSeries {
  readonly name: string;
  readonly record: SeriesRecord;
}

/** Returns the series of a measurement: new connections, and, with `rest`, messages produced and messages read. */
export function seriesOf({ probe, produced, read }: MeasurementRecord): readonly ClientSeries[] {
  return [
    { name: 'connections', record: probe },
    ...(produced ? [{ name: 'messages produced', record: produced }] : []),
    ...(read ? [{ name: 'messages read', record: read }] : []),
  ];
}

/** One number of a series. */
export interface SeriesValue extends ClientSeries {
  readonly value: number;
}

/** Returns the worst value of all series: the highest outage, degraded or unavailable time, the lowest availability. */
export function worstIn(
  measurement: MeasurementRecord,
  quantity: 'outageMs' | 'degradedMs' | 'unavailableSeconds' | 'availability',
): SeriesValue | undefined {
  const known = seriesOf(measurement).flatMap(series => {
    const value = series.record[quantity];
    return value === null ? [] : [{ ...series, value }];
  });
  const isWorse = (a: number, b: number): boolean => (quantity === 'availability' ? a < b : a > b);
  return known.reduce<SeriesValue | undefined>(
    (worst, one) => (worst === undefined || isWorse(one.value, worst.value) ? one : worst),
    undefined,
  );
}

/** The name of the series of the probe inside the cluster, in the timeline. */
export const insideSeries = 'inside the cluster';

/** Returns the name of the series of one member at the second vantage point. */
export function answersOf(member: string): string {
  return `answers of ${member}`;
}
