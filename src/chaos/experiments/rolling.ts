import { ActionError } from '../../errors/action-error.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { unknownName } from '../../runtime/command-line.js';
import { planDrain } from '../drain-plan.js';
import { evictionAccess, otherPodsAccess } from '../experiment-access.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import { defineExperiment } from '../experiment.js';
import { findCandidates } from '../find-target.js';
import { cordon, cordonCommand, uncordon, uncordonCommand } from '../revert/cordon.js';
import { nothingToRevert } from '../revert/original-state.js';
import { chooseTarget, type TargetNode } from '../target.js';
import { surge } from './drain.js';
import { evictMembers } from './evict-members.js';
import { evictionCommands, planOfDryRun, surgeCommands } from './member-commands.js';
import { otherPods, otherPodsCommands } from './other-pods.js';
import { describeRemaining } from './replacement.js';

/** Drains every node with members in turn, like an upgrade of the node image, with recovery after each. */
export const rolling = defineExperiment({
  name: 'rolling',
  hold: { defaultMs: 0 },
  needs: {},
  reverts: ['cordons'],
  access: [...evictionAccess, ...otherPodsAccess],
  commands({ members, replicas, ...dryRun }) {
    const plan = planOfDryRun({ ...dryRun, replicas });
    if (plan?.kind !== 'evict' && plan?.kind !== 'surge') return [];
    const { added, removed } = surgeCommands(plan, members, replicas);
    const node = unknownName('each-node');
    const evictions = [...evictionCommands(members), ...otherPodsCommands(dryRun.settings)];
    return [...added, cordonCommand(node), ...evictions, uncordonCommand(node), ...removed];
  },
  async preflight(context, state) {
    const { members, holder, chaos, maxReplicas, note } = context;
    const targets = await targetsOf(context, state);
    const plan = planDrain({ mode: chaos.whenBlocked, ...state, maxReplicas });
    if (plan.kind === 'expect-blocked' || plan.kind === 'bypass') {
      throw new ActionError(
        'experiment-skipped',
        `rolling respects the budget; when-blocked ${plan.kind} is only for drain.`,
      );
    }
    const others = otherPods(context, state.statefulSet);
    const uids = targets.flatMap(target => target.members.map(({ uid }) => uid));
    return {
      targets,
      originalState: {
        ...nothingToRevert,
        cordons: targets.map(({ name }) => name),
        replicas: plan.kind === 'surge' ? { from: state.replicas, set: plan.replicas } : undefined,
      },
      facts: () => ({ plan: plan.kind, nodes: targets.length, ...others.facts() }),
      affected: uids,
      recoveryMode: () => 'replaced',
      async prepare(ports) {
        if (plan.kind === 'surge') await surge(context, ports, state.replicas, plan.replicas);
      },
      async inject({ api }, limits) {
        for (const [index, { name }] of targets.entries()) {
          if (index > 0) await context.settle(api);
          await limits.beforeStep();
          await cordon(api, name, holder);
          await evictMembers({ ...context, api }, { statefulSet: state.statefulSet, node: name }, limits);
          await limits.beforeStep();
          await others.drain(api, name, limits);
          await uncordon(api, name, holder);
          await waitForMembers(api, { members, available: true }, limits);
          note(`Node ${name} was drained and is schedulable again.`);
        }
      },
      async confirm() {
        const stayed = await describeRemaining(context, uids);
        return stayed === undefined
          ? { confirmed: true, detail: `All ${uids.length} members have moved from their nodes.` }
          : { confirmed: false, detail: stayed };
      },
    };
  },
});

/** Returns the nodes with members, sorted by name. All of them must be suitable. */
async function targetsOf(context: ExperimentContext, state: ClusterState): Promise<readonly TargetNode[]> {
  const candidates = await findCandidates(context, state, { others: 1, nonGraceful: false, machine: false });
  return state.nodes
    .map(({ metadata }) => chooseTarget({ ...candidates, wanted: metadata.name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
