import { drainMembers, type MemberDrain } from '../../kubernetes/drain.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import type { ExperimentContext } from '../experiment-context.js';
import type { InjectionLimits } from '../injection-guard.js';

/** Evicts the members of a node within the limits of an injection, with a pause between two seed members. */
export async function evictMembers(
  context: ExperimentContext,
  { statefulSet, node }: Pick<MemberDrain, 'statefulSet' | 'node'>,
  limits: InjectionLimits,
): Promise<void> {
  const { api, members, note } = context;
  const beforeEach = beforeEachMember(context, limits);
  await drainMembers(api, {
    ...{ members, statefulSet, node, limits, beforeEach, note },
    onEvicted: limits.tookEffect,
  });
}

/**
 * Returns the function to call before each member is removed. After a seed member, the next one is not removed before
 * all members are available and have settled, as in a rolling update: a member that is Ready may not be in the quorum yet.
 */
export function beforeEachMember(
  { api, members, isSeed, settle }: ExperimentContext,
  limits: InjectionLimits,
): (member: string) => Promise<void> {
  let seedRemoved = false;
  return async member => {
    if (seedRemoved && isSeed(member)) {
      await waitForMembers(api, { members, available: true }, limits);
      await settle(api);
    }
    seedRemoved ||= isSeed(member);
    await limits.beforeStep(member);
  };
}
