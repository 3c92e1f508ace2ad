import type { Event } from '../api/types.js';

/** Returns how often an event occurred; both versions of the events API are in use. */
export function timesSeen(event: Event): number {
  return event.series?.count ?? event.count ?? 1;
}

/** Returns when an event last occurred, as a sortable text. */
export function lastSeen(event: Event): string {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '';
}

/** Returns the events of one object, the latest last. */
export function eventsAbout(
  events: readonly Event[],
  subject: { readonly kind: string; readonly uid?: string | undefined; readonly name: string },
): readonly Event[] {
  return events
    .filter(({ involvedObject }) => involvedObject.kind === subject.kind && involvedObject.name === subject.name)
    .filter(({ involvedObject }) => subject.uid === undefined || (involvedObject.uid ?? subject.uid) === subject.uid)
    .sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1));
}

/**
 * Returns a predicate for events that are new or occurred again since `before`. Timestamps are not compared with the
 * local clock.
 */
export function newerThan(before: readonly Event[]): (event: Event) => boolean {
  const occurrenceOf = (event: Event): string => `${timesSeen(event)} ${lastSeen(event)}`;
  const known = new Map(before.map(event => [event.metadata.name, occurrenceOf(event)]));
  return event => known.get(event.metadata.name) !== occurrenceOf(event);
}

/** A failure event, and how long the failure has lasted. */
export interface FailureEvent {
  readonly event: Event;
  /** From its first occurrence after the last success to its latest, both with timestamps of the same reporter. */
  readonly lastedMs: number;
}

/**
 * Returns the failures with a matching reason that occurred after the last success, the latest first. A failure in the
 * same second as the success does not count: timestamps have a resolution of one second, and the next attempt shows.
 * @param successes timestamps of successes
 */
export function failuresSince(
  successes: readonly (string | undefined)[],
  events: readonly Event[],
  reason: RegExp,
): readonly FailureEvent[] {
  const successMs = Math.max(
    -Infinity,
    ...successes.map(timestamp => Date.parse(timestamp ?? '')).filter(Number.isFinite),
  );
  return events
    .filter(event => reason.test(event.reason ?? ''))
    .map(event => {
      const lastMs = Date.parse(lastSeen(event));
      const firstMs = Date.parse(event.firstTimestamp ?? event.eventTime ?? lastSeen(event));
      return { event, lastMs, lastedMs: lastMs - Math.max(firstMs, successMs) };
    })
    .filter(({ lastMs }) => lastMs > successMs)
    .sort((a, b) => b.lastMs - a.lastMs);
}
