import type { MilestonesRecord } from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import type { Transition } from './lanes.js';
import type { EndpointChange } from './timeline.js';

export interface MilestonesInput {
  readonly transitions: readonly Transition[];
  readonly endpoints: readonly EndpointChange[];
  readonly attempts: readonly Attempt[];
  /** When the injection began: changes count from then on. */
  readonly injectedMs: number;
  /** When the fault took effect: times are measured from then on. */
  readonly faultMs: number;
  /** The time of the recovery of the service; undefined without one. */
  readonly recoveredMs: number | undefined;
  /** Undefined when the fault was not reverted. */
  readonly revertedMs: number | undefined;
  /** The names of the target nodes. */
  readonly targets: readonly string[];
  /** The UIDs of the affected members. */
  readonly affected: readonly string[];
  /** True when other pods replace the affected ones; false when the same pods come back. */
  readonly replaced: boolean;
  /** Whether the members could not come back before the revert. */
  readonly needsRevert: boolean;
}

/**
 * Returns when the cluster detected the fault and recovered, in milliseconds from the fault; null for what was not
 * observed. Where the members could only come back by the revert, the recovery is measured from there.
 */
export function milestonesOf(input: MilestonesInput): MilestonesRecord {
  const { transitions, endpoints, attempts, injectedMs, faultMs, targets, affected, replaced } = input;
  const since = (atMs: number | undefined): number | null =>
    atMs === undefined ? null : Math.max(0, Math.round(atMs - faultMs));
  const after = transitions.filter(({ atMs }) => atMs >= injectedMs);
  const first = (times: readonly (number | undefined)[]): number | undefined => {
    const known = times.filter(time => time !== undefined);
    return known.length === 0 ? undefined : known.reduce((a, b) => Math.min(a, b));
  };
  /** Returns the latest time; undefined for an empty list, or when a time is undefined. */
  const last = (times: readonly (number | undefined)[]): number | undefined =>
    times.length === 0 || times.includes(undefined)
      ? undefined
      : (times as readonly number[]).reduce((a, b) => Math.max(a, b));

  const nameOf = (uid: string): string | undefined => transitions.find(one => one.uid === uid)?.name;
  const leaving = affected.map(uid => {
    const name = nameOf(uid);
    return after.find(one => one.name === name && (one.uid !== uid || one.state === 'terminating'))?.atMs;
  });
  const lost = after.find(
    one => one.kind === 'node' && targets.includes(one.name) && (one.state === 'not-ready' || one.state === 'absent'),
  );
  const outOfService = endpoints.find(
    ({ atMs, uids }) => atMs >= injectedMs && affected.some(uid => !uids.includes(uid)),
  );
  /** The UIDs of the pods that come back: replacements with the same names, or the same pods. */
  const successors = affected.map(uid => {
    const name = nameOf(uid);
    return replaced ? after.filter(one => one.name === name && one.uid !== uid && one.uid !== '').at(-1)?.uid : uid;
  });
  const bound = successors.map(uid => after.find(one => one.uid === uid && one.node !== '')?.atMs);
  const ready = successors.map(uid => {
    const changes = after.filter(one => one.uid === uid);
    const away = replaced ? 0 : changes.findIndex(({ state }) => state !== 'ready');
    return away < 0 ? undefined : changes.slice(away).find(({ state }) => state === 'ready')?.atMs;
  });
  const served = successors.map(
    uid => endpoints.findLast(({ uids }) => uid !== undefined && !uids.includes(uid))?.atMs,
  );
  const inService = successors.map((uid, index) => {
    const awayMs = served[index] ?? injectedMs;
    return endpoints.find(({ atMs, uids }) => atMs >= awayMs && uid !== undefined && uids.includes(uid))?.atMs;
  });
  const joinedMs = last(inService);
  const answeredMs = joinedMs === undefined ? undefined : attempts.find(({ ok, atMs }) => ok && atMs >= joinedMs)?.atMs;
  return {
    detectionMs: since(first([lost?.atMs, outOfService?.atMs])),
    evictionMs: since(last(leaving)),
    rescheduledMs: replaced ? since(last(bound)) : null,
    readyMs: since(last(ready)),
    answeringMs: since(answeredMs),
    ...recoveryOf(input),
  };
}

/** A recovery that happened before the revert did not need it. */
function recoveryOf({
  faultMs,
  recoveredMs,
  revertedMs,
  needsRevert,
}: MilestonesInput): Pick<MilestonesRecord, 'recoveryMs' | 'recoveryFrom'> {
  if (recoveredMs === undefined) return { recoveryMs: null, recoveryFrom: null };
  const isByRevert = needsRevert && revertedMs !== undefined && recoveredMs > revertedMs;
  return {
    recoveryMs: Math.max(0, Math.round(recoveredMs - (isByRevert ? revertedMs : faultMs))),
    recoveryFrom: isByRevert ? 'revert' : 'fault',
  };
}
