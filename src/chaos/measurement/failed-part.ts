import type { FailedPart } from '../../journal/series-record.js';
import type { Attempt } from './attempt-series.js';
import type { Transition } from './lanes.js';
import { type MemberAttempts, memberMs } from './member-probe.js';
import type { Span } from './outages.js';

/** What the vantage points have seen. Times are milliseconds from t0. */
export interface BothViews {
  /** The failed attempts of clients. */
  readonly failures: readonly Attempt[];
  /** The spans in which the control failed. */
  readonly controlOutages: readonly Span[];
  /** The attempts at each member through the API server. */
  readonly members: readonly MemberAttempts[];
  /** The attempts of the probe inside the cluster; empty without one. */
  readonly inside: readonly Attempt[];
  readonly transitions: readonly Transition[];
  /** The nodes that the fault stops. */
  readonly stopped: readonly string[];
}

/** A kubelet that is silent for 40 to 50 s makes its node NotReady (`--node-monitor-grace-period`), and some time passes. */
const noticedMs = 60_000;
/** An attempt at a member tells about a failure that is at most this far away: two intervals, in milliseconds. */
const nearMs = 2 * memberMs;

/**
 * Returns how many attempts of clients failed at each part of the way, by the first of these that applies to the time of an
 * attempt:
 *
 * - runner: it failed on the runner itself, or the control failed as well;
 * - node: a member did not answer through the API server either, and its node was lost;
 * - member: a member did not answer through the API server either, or was absent;
 * - node, or member: the probe inside the cluster failed as well, and the node of a member was lost, or none was;
 * - load balancer: the members answered through the API server, or the probe inside the cluster succeeded;
 * - unknown: neither of them told.
 */
export function countFailedParts({ members, ...others }: BothViews): Readonly<Record<FailedPart, number>> {
  // One that has never answered may be out of reach for the API server, as behind a NetworkPolicy.
  const views = { ...others, members: members.filter(({ attempts }) => attempts.some(({ ok }) => ok)) };
  const silences = views.members.map(({ name, attempts }) => ({ name, spans: silencesOf(attempts) }));
  const counts = { runner: 0, node: 0, member: 0, loadBalancer: 0, unknown: 0 };
  for (const failure of views.failures) counts[partOf(failure, silences, views)] += 1;
  return counts;
}

function partOf(
  { atMs, ms, local }: Attempt,
  silences: readonly { readonly name: string; readonly spans: readonly Span[] }[],
  { controlOutages, members, inside, transitions, stopped }: BothViews,
): FailedPart {
  const during = { fromMs: atMs, toMs: atMs + ms };
  const overlaps = ({ fromMs, toMs }: Span): boolean => fromMs <= during.toMs && toMs >= during.fromMs;
  if (local || controlOutages.some(overlaps)) return 'runner';
  const silent = silences.filter(({ spans }) => spans.some(overlaps));
  const failsInside = failuresOf(inside).some(overlaps);
  if (silent.length > 0 || failsInside) {
    const suspects = silent.length > 0 ? silent.map(({ name }) => name) : membersIn(transitions);
    const nodes = suspects.flatMap(name => nodeOf(name, during.toMs, transitions) ?? []);
    return nodes.some(node => stopped.includes(node) || isLost(node, during, transitions)) ? 'node' : 'member';
  }
  const near = { fromMs: during.fromMs - nearMs, toMs: during.toMs + nearMs };
  const views = [...members.map(({ attempts }) => attempts), inside];
  const isTold = views.some(attempts => attempts.some(one => one.atMs >= near.fromMs && one.atMs <= near.toMs));
  return isTold ? 'loadBalancer' : 'unknown';
}

/** Returns the spans in which a member may have been silent: each from its last answer to its next one. */
function silencesOf(attempts: readonly Attempt[]): readonly Span[] {
  const spans: Span[] = [];
  let answeredMs = -Infinity;
  let isSilent = false;
  for (const { ok, atMs, ms } of attempts) {
    if (ok && isSilent) spans.push({ fromMs: answeredMs, toMs: atMs });
    isSilent = !ok;
    if (ok) answeredMs = atMs + ms;
  }
  return isSilent ? [...spans, { fromMs: answeredMs, toMs: Infinity }] : spans;
}

/** As `silencesOf`, but the last one ends with the attempts: after them nothing is known of the probe. */
function failuresOf(attempts: readonly Attempt[]): readonly Span[] {
  const { atMs, ms } = attempts.at(-1) ?? { atMs: 0, ms: 0 };
  return silencesOf(attempts).map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, atMs + ms) }));
}

function membersIn(transitions: readonly Transition[]): readonly string[] {
  return [...new Set(transitions.filter(({ kind }) => kind === 'member').map(({ name }) => name))];
}

/** Returns the node that a member was bound to last. */
function nodeOf(member: string, untilMs: number, transitions: readonly Transition[]): string | undefined {
  return transitions.findLast(
    ({ kind, name, node, atMs }) => kind === 'member' && name === member && node !== '' && atMs <= untilMs,
  )?.node;
}

/** Returns whether Kubernetes saw that a node was lost, which takes its time. */
function isLost(node: string, { fromMs, toMs }: Span, transitions: readonly Transition[]): boolean {
  const states = transitions.filter(({ kind, name }) => kind === 'node' && name === node);
  const later = states.filter(({ atMs }) => atMs > fromMs && atMs <= toMs + noticedMs);
  return [states.findLast(({ atMs }) => atMs <= fromMs), ...later].some(
    one => one?.state === 'not-ready' || one?.state === 'absent',
  );
}
