import type { Event } from './types.js';

/** How often an event was seen; both interfaces to events are in use. */
export function timesSeen(event: Event): number {
  return event.series?.count ?? event.count ?? 1;
}

/** When an event was last seen, as a sortable text. */
export function lastSeen(event: Event): string {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '';
}

/** The events about one object, the latest last. */
export function eventsAbout(
  events: readonly Event[],
  subject: { readonly kind: string; readonly uid?: string; readonly name: string },
): readonly Event[] {
  return events
    .filter(({ involvedObject }) => involvedObject.kind === subject.kind && involvedObject.name === subject.name)
    .filter(({ involvedObject }) => subject.uid === undefined || (involvedObject.uid ?? subject.uid) === subject.uid)
    .sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1));
}

/** Tells the events that came, or came once more, after a first look at them. Their stamps are not compared with our clock. */
export function newerThan(before: readonly Event[]): (event: Event) => boolean {
  const sightingOf = (event: Event): string => `${timesSeen(event)} ${lastSeen(event)}`;
  const known = new Map(before.map(event => [event.metadata.name, sightingOf(event)]));
  return event => known.get(event.metadata.name) !== sightingOf(event);
}

/** A failure of which an event tells, and how long it has lasted. */
export interface FailureEvent {
  readonly event: Event;
  /** From its first event after the last success to its latest, both stamped by the same reporter. */
  readonly lastedMs: number;
}

/**
 * The failures with one of the reasons that came after the last success, the latest first. A failure in the same second as
 * the success does not count: stamps are no finer, and the next attempt tells.
 * @param successes stamps of what went well
 */
export function failuresSince(
  successes: readonly (string | undefined)[],
  events: readonly Event[],
  reason: RegExp,
): readonly FailureEvent[] {
  const successMs = Math.max(-Infinity, ...successes.map(stamp => Date.parse(stamp ?? '')).filter(Number.isFinite));
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
