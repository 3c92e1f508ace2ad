import { ipVersionOf } from '../../runtime/ip-version.js';
import { withHash } from '../../runtime/short-name.js';
import { type Tags, tagValue } from './tags.js';

/** The authorized ranges of an API server, and the tags of its cluster, which one request writes together. */
export interface RangeState {
  readonly authorizedRanges: readonly string[];
  readonly tags: Tags;
}

/**
 * The use of a range by a runner that has added its address, as a tag of the cluster. It outlives the runner, so that
 * others remove the address of a lost one. It is text from outside: only a range in the form that the action writes is
 * ever removed, and none is added because of it.
 */
export interface RangeClaim {
  /** The key of the tag: each holder has one. */
  readonly key: string;
  /** The IPv4 address of the runner with `/32`; the API server of AKS has no IPv6 ranges. */
  readonly range: string;
  /** When the job of the runner has certainly ended: seconds since 1970 by the clock of Azure. */
  readonly until: number;
  /** The repository, the run, the instance and the attempt. */
  readonly holder: string;
}

/** Who adds a range, and for how long. */
export interface RangeUse {
  /** As in RangeClaim. Attempts run one after another, and the steps of one attempt share a claim. */
  readonly holder: string;
  readonly range: string;
  /** How long the step may take, in milliseconds. */
  readonly stepMs: number;
}

/** "Tag name: 512 characters", Azure Resource Manager, "Use tags to organize your resources". */
const keyLimit = 512;
const keyForm = /^migratorydata-aks-range-[0-9a-f]{12}$/i;
const valueForm = /^([\d.]{7,15})\/32_(\d{10})_([\w./-]+)$/;
/** How long a step may undo its changes after its time limit, in milliseconds, with some spare time. */
const undoMs = 30 * 60_000;
/** The post phase of a step is at the end of its job, which GitHub ends after 6 hours on its own runners. */
const jobMs = 6 * 3_600_000;

/** Returns the key of the tag of a holder. */
export function claimKey(holder: string): string {
  return withHash('migratorydata-aks-range', holder, keyLimit);
}

/** Returns the valid claims in the tags of a cluster. */
export function claimsIn(tags: Tags): readonly RangeClaim[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const [, address = '', until = '', holder = ''] = valueForm.exec(value) ?? [];
    if (!keyForm.test(key) || ipVersionOf(address) !== 4) return [];
    return [{ key: key.toLowerCase(), range: `${address}/32`, until: Number(until), holder }];
  });
}

/** Returns whether the runner of a claim is certainly gone; `now` is by the clock of Azure. */
export function isOver({ until }: RangeClaim, now: Date): boolean {
  return until < seconds(now);
}

/** Returns whether another attempt of the same work has made a claim. */
export function isOfOtherAttempt(claim: RangeClaim, holder: string): boolean {
  const workOf = (text: string): string => text.slice(0, text.lastIndexOf('/'));
  return claim.holder !== holder && workOf(claim.holder) === workOf(holder);
}

/**
 * Returns the state with the range of a runner and its claim, and without what is over and what another attempt of the
 * holder has left. A range that nobody claims belongs to the user: it stays, and gets no claim. Returns undefined if
 * nothing must change, or if the list is empty and everyone may connect.
 */
export function withClaim(state: RangeState, { holder, range, stepMs }: RangeUse, now: Date): RangeState | undefined {
  if (state.authorizedRanges.length === 0) return undefined;
  const key = claimKey(holder);
  const needed = seconds(now) + Math.ceil((stepMs + undoMs) / 1000);
  // An earlier step of the same job has added it.
  const isEarlier = (claim: RangeClaim): boolean =>
    claim.key === key && claim.range === range && claim.until >= needed && state.authorizedRanges.includes(range);
  const isLeft = (claim: RangeClaim): boolean =>
    claim.key === key || isOfOtherAttempt(claim, holder) || isOver(claim, now);
  const rest = without(state, claim => !isEarlier(claim) && isLeft(claim));
  const isListed = rest.authorizedRanges.includes(range);
  const claims = claimsIn(rest.tags).filter(claim => claim.range === range);
  if (isListed && (claims.length === 0 || claims.some(isEarlier))) return changed(state, rest);
  const until = seconds(now) + Math.ceil((stepMs + jobMs) / 1000);
  return changed(state, {
    authorizedRanges: isListed ? rest.authorizedRanges : [...rest.authorizedRanges, range],
    tags: { ...rest.tags, [key]: tagValue(`${range}_${String(until)}_${holder}`) },
  });
}

/**
 * Returns the state without the claims that `isDropped` selects, and without their ranges unless another claim holds
 * them. Returns undefined if nothing must change, or if no range would be left, because AKS interprets an empty list as
 * "everyone".
 */
export function withoutClaims(state: RangeState, isDropped: (claim: RangeClaim) => boolean): RangeState | undefined {
  const rest = without(state, isDropped);
  return rest.authorizedRanges.length === 0 ? undefined : changed(state, rest);
}

function without(state: RangeState, isDropped: (claim: RangeClaim) => boolean): RangeState {
  const claims = claimsIn(state.tags);
  const dropped = claims.filter(isDropped);
  const held = claims.filter(claim => !dropped.includes(claim)).map(claim => claim.range);
  const gone = dropped.map(claim => claim.range).filter(range => !held.includes(range));
  return {
    authorizedRanges: state.authorizedRanges.filter(other => !gone.includes(other)),
    tags: withoutTags(
      state.tags,
      dropped.map(({ key }) => key),
    ),
  };
}

/** Keys are case-insensitive in Azure. */
function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key.toLowerCase())));
}

/** Returns the new state; undefined if it is the former one. */
function changed(former: RangeState, state: RangeState): RangeState | undefined {
  const text = ({ authorizedRanges, tags }: RangeState): string => JSON.stringify([authorizedRanges, tags]);
  return text(former) === text(state) ? undefined : state;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
