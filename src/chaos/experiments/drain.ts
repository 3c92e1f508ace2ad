import { ActionError } from '../../errors/action-error.js';
import { access } from '../../kubernetes/api/access-rule.js';
import { askForEviction } from '../../kubernetes/drain.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import { type DrainPlan, planDrain } from '../drain-plan.js';
import { evictionAccess, otherPodsAccess } from '../experiment-access.js';
import type { ClusterState, ExperimentContext, FaultPorts } from '../experiment-context.js';
import { defineExperiment, type Fault, type Proof } from '../experiment.js';
import { findTarget } from '../find-target.js';
import type { InjectionLimits } from '../injection-guard.js';
import { cordon, cordonCommand, uncordonCommand } from '../revert/cordon.js';
import { nothingToRevert } from '../revert/original-state.js';
import { seedsOn, type TargetNode } from '../target.js';
import { beforeEachMember, evictMembers } from './evict-members.js';
import { deletionCommands, evictionCommands, planOfDryRun, surgeCommands } from './member-commands.js';
import { otherPods, otherPodsCommands } from './other-pods.js';
import { describeRemaining } from './replacement.js';

/**
 * Drains one node like an upgrade: cordon, eviction of the members one at a time within the disruption budget, then, with
 * `drain-scope` all, the other pods. `when-blocked` decides what happens if the budget allows no eviction.
 */
export const drain = defineExperiment({
  name: 'drain',
  hold: { defaultMs: 60_000 },
  needs: {},
  reverts: ['cordons'],
  access: [
    ...evictionAccess,
    access('deployment', 'Pod', ['delete'], { when: '`when-blocked: bypass`' }),
    ...otherPodsAccess,
  ],
  commands({ members, node, replicas, ...dryRun }) {
    const plan = planOfDryRun({ ...dryRun, replicas });
    if (plan === undefined) return [];
    const { added, removed } = surgeCommands(plan, members, replicas);
    const removals = {
      evict: evictionCommands(members),
      surge: evictionCommands(members),
      bypass: deletionCommands(members),
      'expect-blocked': [],
    };
    const others = plan.kind === 'expect-blocked' ? [] : otherPodsCommands(dryRun.settings);
    return [cordonCommand(node), ...added, ...removals[plan.kind], ...others, uncordonCommand(node), ...removed];
  },
  async preflight(context, state) {
    const { chaos, maxReplicas } = context;
    const target = await findTarget(context, state, { others: 1, nonGraceful: false, machine: false });
    const plan = planDrain({ mode: chaos.whenBlocked, ...state, maxReplicas });
    return plan.kind === 'expect-blocked'
      ? refusedEvictionFault(context, state, target)
      : drainFault(context, state, target, plan);
  },
});

function commonOf(target: TargetNode, plan: DrainPlan) {
  return { targets: [target], facts: () => ({ plan: plan.kind, seeds: seedsOn(target) }) };
}

/** Cordons the target and removes its members, and with them the other pods that may be evicted. */
function drainFault(context: ExperimentContext, state: ClusterState, target: TargetNode, plan: DrainPlan): Fault {
  const { holder } = context;
  const uids = target.members.map(({ uid }) => uid);
  const others = otherPods(context, state.statefulSet);
  const { targets, facts } = commonOf(target, plan);
  return {
    targets,
    facts: () => ({ ...facts(), ...others.facts() }),
    originalState: {
      ...nothingToRevert,
      cordons: [target.name],
      replicas: plan.kind === 'surge' ? { from: state.replicas, set: plan.replicas } : undefined,
    },
    affected: uids,
    recoveryMode: () => 'replaced',
    async prepare(ports) {
      // Before the member is added, because it could be scheduled on the target.
      await cordon(ports.api, target.name, holder);
      if (plan.kind === 'surge') await surge(context, ports, state.replicas, plan.replicas);
    },
    async inject({ api }, limits) {
      await removeMembers({ ...context, api }, state, target, plan, limits);
      await limits.beforeStep();
      await others.drain(api, target.name, limits);
    },
    confirm: () => confirmDrained(context, target, uids),
  };
}

/** Adds a member, so that the budget allows an eviction. */
export async function surge(
  { members, limits, note }: ExperimentContext,
  { api }: FaultPorts,
  from: number,
  to: number,
): Promise<void> {
  note(`The budget allows 0 disruptions with ${from} members: adding one first.`);
  await requestReplicas(api, members, to);
  await waitForMembers(api, { members, replicas: to, available: true }, limits);
}

/** Cordons the target and expects the budget to refuse an eviction, which is only tried as a dry run. */
function refusedEvictionFault(context: ExperimentContext, state: ClusterState, target: TargetNode): Fault {
  const { api, members, holder, note } = context;
  const victim = state.members.find(({ spec }) => spec.nodeName === target.name);
  const tryEviction = () => victim && askForEviction(api, victim, members.namespace);
  return {
    ...commonOf(target, { kind: 'expect-blocked' }),
    originalState: { ...nothingToRevert, cordons: [target.name] },
    affected: [],
    recoveryMode: () => 'untouched',
    async prepare(ports) {
      await cordon(ports.api, target.name, holder);
    },
    async inject() {
      const refusal = await tryEviction();
      if (refusal !== undefined) {
        note(`The budget refuses: ${refusal}`);
        return;
      }
      const name = victim?.metadata.name ?? 'a member';
      throw new ActionError('disruption-allowed', `The eviction of ${name} would have been allowed.`);
    },
    async confirm() {
      const refusal = await tryEviction();
      const detail = refusal ?? 'The budget no longer refuses the eviction.';
      return { confirmed: refusal !== undefined, detail };
    },
  };
}

/** Removes the members from the target, so that they move to other nodes. */
async function removeMembers(
  context: ExperimentContext,
  { statefulSet }: ClusterState,
  target: TargetNode,
  plan: DrainPlan,
  limits: InjectionLimits,
): Promise<void> {
  if (plan.kind !== 'bypass') {
    await evictMembers(context, { statefulSet, node: target.name }, limits);
    return;
  }
  const { api, members, note } = context;
  const beforeEach = beforeEachMember(context, limits);
  for (const member of [...target.members].reverse()) {
    await beforeEach(member.name);
    const sentMs = api.clock.now();
    const key = { namespace: members.namespace, name: member.name };
    await api.remove('Pod', key, `delete ${member.name} without the disruption budget`, { uid: member.uid });
    limits.tookEffect(sentMs);
    await waitForMembers(api, { members, gone: [member.uid] }, limits);
    note(`${member.name} was deleted and is Ready on another node.`);
  }
}

/** Checks that the fault took place: the node is cordoned, and none of the former members remains. */
async function confirmDrained(
  context: ExperimentContext,
  { name }: TargetNode,
  uids: readonly string[],
): Promise<Proof> {
  const node = await context.api.find('Node', { name }, 'confirm that the node is cordoned');
  if (node?.spec.unschedulable !== true) return { confirmed: false, detail: `Node ${name} is no longer cordoned.` };
  const stayed = await describeRemaining(context, uids);
  return stayed === undefined
    ? { confirmed: true, detail: `Node ${name} is cordoned, and its former members are gone.` }
    : { confirmed: false, detail: stayed };
}
