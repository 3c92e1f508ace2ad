import type { MilestonesRecord } from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import type { Transition } from './lanes.js';
import type { EndpointChange } from './timeline.js';

export interface MilestonesInput {
  readonly transitions: readonly Transition[];
  readonly endpoints: readonly EndpointChange[];
  readonly attempts: readonly Attempt[];
  readonly injectedMs: number;
  readonly recoveredMs: number | undefined;
  /** The names of the nodes that the fault acts on. */
  readonly targets: readonly string[];
  /** The members that were affected, by UID. */
  readonly affected: readonly string[];
  /** Whether others must take their places, or the same pods come back. */
  readonly replaced: boolean;
}

/** When the cluster noticed and mended the fault, in milliseconds from its injection; null for what was not seen. */
export function milestonesOf(happened: MilestonesInput): MilestonesRecord {
  const { transitions, endpoints, attempts, injectedMs, recoveredMs, targets, affected, replaced } = happened;
  const since = (atMs: number | undefined): number | null =>
    atMs === undefined ? null : Math.max(0, Math.round(atMs - injectedMs));
  const after = transitions.filter(({ atMs }) => atMs >= injectedMs);
  const first = (times: readonly (number | undefined)[]): number | undefined => {
    const known = times.filter(time => time !== undefined);
    return known.length === 0 ? undefined : known.reduce((a, b) => Math.min(a, b));
  };
  /** The time of the last of several, or undefined when one is missing or there is none. */
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
  /** The pods that take the places: others of the same name, or the same once they were away. */
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
    // A member is an endpoint a moment after it is Ready; clients have it back with its first answer.
    recoveryMs: since(recoveredMs === undefined ? undefined : Math.max(recoveredMs, answeredMs ?? 0)),
  };
}
