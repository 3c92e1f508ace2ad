import { ActionError, hasCode } from '../errors/action-error.js';
import { drainMembers } from '../kubernetes/drain.js';
import { planDrain } from './drain-plan.js';
import { type ClusterState, type ExperimentContext, observeCluster } from './experiment-context.js';
import { surge } from './experiments/drain.js';
import type { ExperimentName } from './experiments/index.js';
import { machineNeeds } from './experiments/machine-targets.js';
import { findTarget } from './find-target.js';
import { assertReplicasLast } from './lasting-changes.js';
import { cordon } from './revert/cordon.js';
import { nothingToRevert } from './revert/original-state.js';
import { seedsOn, seedsThatMayFail } from './target.js';
import { withRevertRecord } from './with-revert-record.js';

/**
 * Evicts seed members from the target node until the loss of the node keeps the quorum. Preferred anti-affinity allows
 * seed members to share a node, and nothing separates them later. The evictions are one at a time, within the
 * disruption budget, and have their own revert record. Returns the state of the cluster after them.
 * @throws ActionError `target-refused` as the experiment does, `experiment-skipped` when the seed members stay
 * together, `undo-incomplete` when the evictions could not be reverted completely.
 */
export async function spreadSeeds(
  context: ExperimentContext,
  experiment: ExperimentName,
  found: ClusterState,
): Promise<ClusterState> {
  const { api, seedMembers, chaos, maxReplicas, members, limits, note } = context;
  const target = await findTarget(context, found, { ...machineNeeds, nonGraceful: false });
  const maxSeeds = seedsThatMayFail(seedMembers);
  const surplus = target.members.filter(({ seed }) => seed).slice(maxSeeds);
  if (surplus.length === 0 || maxSeeds === 0) return found;

  const problem = `Node ${target.name} runs ${seedsOn(target)} of ${seedMembers} seed members, and no more than ${maxSeeds} may fail at once`;
  const plan = planOrSkip(() => planDrain({ mode: chaos.whenBlocked, ...found, maxReplicas }), problem);
  if (plan.kind !== 'evict' && plan.kind !== 'surge') {
    throw new ActionError('experiment-skipped', `${problem}; when-blocked ${plan.kind} does not separate them.`);
  }
  if (plan.kind === 'surge') assertReplicasLast(found, note);
  const names = surplus.map(({ name }) => name);
  note(`${problem}: moving ${names.join(', ')} to another node first.`);
  const originalState = {
    ...nothingToRevert,
    cordons: [target.name],
    replicas: plan.kind === 'surge' ? { from: found.replicas, set: plan.replicas } : undefined,
  };
  const { error, putBack } = await withRevertRecord(
    context,
    { experiment, found, originalState, nodes: [target.name] },
    async ({ ports }) => {
      await cordon(ports.api, target.name, context.holder);
      if (plan.kind === 'surge') await surge(context, ports, found.replicas, plan.replicas);
      await drainMembers(ports.api, {
        members,
        statefulSet: found.statefulSet,
        node: target.name,
        only: names,
        limits,
        note,
      });
    },
  );
  if (error && api.signal.aborted) throw error;
  if (!putBack.done)
    throw new ActionError('undo-incomplete', `After the seed members were moved: ${putBack.left.join('; ')}.`);
  if (error) throw new ActionError('experiment-skipped', `${problem}; they could not be separated: ${error.message}`);
  return observeCluster(context);
}

/** Skips the experiment when the budget allows no eviction: that is the state of the cluster, not a failure. */
function planOrSkip<T>(body: () => T, problem: string): T {
  try {
    return body();
  } catch (error) {
    if (!hasCode(error, 'disruption-blocked')) throw error;
    throw new ActionError('experiment-skipped', `${problem}; they cannot be separated: ${error.message}`, {
      cause: error,
    });
  }
}
