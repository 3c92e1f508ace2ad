import { ActionError } from '../../errors/action-error.js';
import { holdOf } from '../spec.js';
import { drainMembers, drainOthers, explainRefusal } from '../../kubernetes/drain.js';
import { type RolloutLimits, waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import type { Experiment, Fault, Proof } from '../experiment.js';
import { cordon } from '../putback/cordon.js';
import { nothingToUndo } from '../putback/mark.js';
import type { Found, Scene } from '../scene.js';
import { chooseTarget, seedsOn, type TargetNode } from '../target.js';
import { type DrainPlan, planDrain } from '../when-blocked.js';
import { whoStayed } from './gone.js';
import { sleepUntil } from './sleep.js';

/** Above the pods' grace period of 60 s and the minute that a replacement takes to become Ready, in milliseconds. */
const othersTimeoutMs = 150_000;

/**
 * Drains one node as an upgrade would: cordon, members off one at a time within the disruption budget, then everything
 * else. `when-blocked` decides what is done where the budget lets no member go.
 */
export const drain: Experiment = {
  name: 'drain',
  preflight(scene, found) {
    const { isSeed, seedMembers, chaos, maxReplicas } = scene;
    const target = chooseTarget({
      ...{ nodes: found.nodes, members: found.members, isSeed, seedMembers, wanted: chaos.targetNode },
      needs: { others: 1, abrupt: false, machine: false },
    });
    const plan = planDrain({ mode: chaos.whenBlocked, ...found, maxReplicas });
    return plan.kind === 'expect-blocked' ? refused(scene, found, target) : emptied(scene, found, target, plan);
  },
};

function commonOf({ api, chaos }: Scene, target: TargetNode, plan: DrainPlan) {
  return {
    targets: [target],
    facts: { plan: plan.kind, seeds: seedsOn(target) },
    hold: (signal: AbortSignal) => sleepUntil(api.clock, holdOf('drain', chaos.holdMs), signal, api.signal),
  };
}

function emptied(scene: Scene, found: Found, target: TargetNode, plan: DrainPlan): Fault {
  const { api, members, holder, note } = scene;
  const uids = target.members.map(({ uid }) => uid);
  return {
    ...commonOf(scene, target, plan),
    undo: {
      ...nothingToUndo,
      cordons: [target.name],
      replicas: plan.kind === 'surge' ? found.replicas : undefined,
    },
    disturbed: uids,
    back: 'replaced',
    async prepare() {
      // Before the member is added, or that would come to the target.
      await cordon(api, target.name, holder);
      if (plan.kind === 'surge') await surge(scene, found.replicas, plan.replicas);
    },
    async inject(limits) {
      await removeMembers(scene, found, target, plan, limits);
      const { access, runner } = scene;
      const options = { access, members, node: target.name, timeoutMs: othersTimeoutMs };
      const others = await drainOthers(api, runner, options);
      if (others.length > 0) note(`Also moved off the node: ${others.join(', ')}.`);
    },
    confirm: () => isEmptyAndCordoned(scene, target, uids),
  };
}

/** Adds a member, so that the budget lets another one go. */
export async function surge({ api, members, limits, note }: Scene, from: number, to: number): Promise<void> {
  note(`The budget allows 0 disruptions with ${from} members: adding one first.`);
  await requestReplicas(api, members, to);
  await waitForMembers(api, { members, replicas: to, available: true }, limits);
}

/** Cordons the target and expects the budget to refuse an eviction, without trying one for real. */
function refused(scene: Scene, found: Found, target: TargetNode): Fault {
  const { api, members, holder, note } = scene;
  const victim = found.members.find(({ spec }) => spec.nodeName === target.name);
  const ask = () => victim && explainRefusal(api, victim, members.namespace);
  return {
    ...commonOf(scene, target, { kind: 'expect-blocked' }),
    undo: { ...nothingToUndo, cordons: [target.name] },
    disturbed: [],
    back: 'untouched',
    async prepare() {
      await cordon(api, target.name, holder);
    },
    async inject() {
      const refusal = await ask();
      if (refusal !== undefined) {
        note(`The budget refuses: ${refusal}`);
        return;
      }
      const name = victim?.metadata.name ?? 'a member';
      throw new ActionError('disruption-allowed', `The eviction of ${name} would have been allowed.`);
    },
    async confirm() {
      const refusal = await ask();
      const detail = refusal ?? 'The budget no longer refuses the eviction.';
      return { confirmed: refusal !== undefined, detail };
    },
  };
}

/** Moves the members off the target. */
async function removeMembers(
  { api, members, note }: Scene,
  { statefulSet }: Found,
  target: TargetNode,
  plan: DrainPlan,
  limits: RolloutLimits,
): Promise<void> {
  if (plan.kind !== 'bypass') {
    await drainMembers(api, { members, statefulSet, node: target.name, limits, note });
    return;
  }
  for (const member of [...target.members].reverse()) {
    const key = { namespace: members.namespace, name: member.name };
    await api.remove('Pod', key, `delete ${member.name} without asking the budget`, { uid: member.uid });
    await waitForMembers(api, { members, gone: [member.uid] }, limits);
    note(`${member.name} was deleted and is Ready in another place.`);
  }
}

/** The proof that the fault took place: the node takes no pods, and none of the members of before is left anywhere. */
async function isEmptyAndCordoned(scene: Scene, { name }: TargetNode, uids: readonly string[]): Promise<Proof> {
  const node = await scene.api.find('Node', { name }, 'confirm that the node is cordoned');
  if (node?.spec.unschedulable !== true) return { confirmed: false, detail: `Node ${name} did not stay cordoned.` };
  const stayed = await whoStayed(scene, uids);
  return stayed === undefined
    ? { confirmed: true, detail: `Node ${name} is cordoned, and its members of before are gone.` }
    : { confirmed: false, detail: stayed };
}
