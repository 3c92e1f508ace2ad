import { ActionError, hasCode } from '../errors/action-error.js';
import { drainMembers } from '../kubernetes/drain.js';
import { planDrain } from './drain-plan.js';
import { type ClusterState, type ExperimentContext, observeCluster } from './experiment-context.js';
import { surge } from './experiments/drain.js';
import type { ExperimentName } from './experiments/index.js';
import { machineNeeds } from './experiments/machine-targets.js';
import { cordon } from './revert/cordon.js';
import { nothingToRevert } from './revert/original-state.js';
import { chooseTarget, seedsOn, seedsThatMayFail } from './target.js';
import { withRevertRecord } from './with-revert-record.js';

/**
 * Seeds that share the node which is about to be lost would go at once, and the quorum with them; preferred
 * anti-affinity lets that be, and nothing moves them apart later. So as many as must not fail are evicted from it first,
 * one at a time within the disruption budget, under a mark of their own. Gives the cluster as it is found after that.
 * @throws ActionError `target-refused` as for the experiment itself, `experiment-skipped` when they stay together.
 */
export async function spreadSeeds(
  context: ExperimentContext,
  experiment: ExperimentName,
  found: ClusterState,
): Promise<ClusterState> {
  const { api, isSeed, seedMembers, chaos, maxReplicas, members, limits, note } = context;
  const candidates = { nodes: found.nodes, members: found.members, isSeed, seedMembers, wanted: chaos.targetNode };
  const target = chooseTarget({ ...candidates, needs: { ...machineNeeds, nonGraceful: false } });
  const may = seedsThatMayFail(seedMembers);
  const surplus = target.members.filter(({ seed }) => seed).slice(may);
  if (surplus.length === 0 || may === 0) return found;

  const shared = `Node ${target.name} holds ${seedsOn(target)} of ${seedMembers} seed members, and no more than ${may} may fail at once`;
  const plan = planOf(() => planDrain({ mode: chaos.whenBlocked, ...found, maxReplicas }), shared);
  if (plan.kind !== 'evict' && plan.kind !== 'surge') {
    throw new ActionError('experiment-skipped', `${shared}; when-blocked ${plan.kind} does not move them apart.`);
  }
  const names = surplus.map(({ name }) => name);
  note(`${shared}: ${names.join(', ')} is moved to another one first.`);
  const undo = {
    ...nothingToRevert,
    cordons: [target.name],
    replicas: plan.kind === 'surge' ? found.replicas : undefined,
  };
  const { error, putBack } = await withRevertRecord(
    context,
    { experiment, found, originalState: undo, nodes: [target.name] },
    async () => {
      await cordon(api, target.name, context.holder);
      if (plan.kind === 'surge') await surge(context, found.replicas, plan.replicas);
      await drainMembers(api, {
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
  if (!putBack.done) throw new ActionError('undo-incomplete', `After seeds were moved: ${putBack.left.join('; ')}.`);
  if (error) throw new ActionError('experiment-skipped', `${shared}; they could not be moved apart: ${error.message}`);
  return observeCluster(context);
}

/** A budget that lets nobody be moved is the state of the cluster, and no failure of the experiment. */
function planOf<T>(body: () => T, shared: string): T {
  try {
    return body();
  } catch (error) {
    if (!hasCode(error, 'disruption-blocked')) throw error;
    throw new ActionError('experiment-skipped', `${shared}; they cannot be moved apart: ${error.message}`, {
      cause: error,
    });
  }
}
