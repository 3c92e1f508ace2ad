import { ActionError } from '../../errors/action-error.js';
import { drainMembers } from '../../kubernetes/drain.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import type { Experiment } from '../experiment.js';
import { cordon, uncordon } from '../putback/cordon.js';
import { nothingToUndo } from '../putback/mark.js';
import type { Found, Scene } from '../scene.js';
import { chooseTarget, describeNode, type TargetNode } from '../target.js';
import { planDrain } from '../when-blocked.js';
import { surge } from './drain.js';
import { whoStayed } from './gone.js';

/** Every node that holds members is emptied in turn, as an upgrade of the node image does, with recovery in between. */
export const rolling: Experiment = {
  name: 'rolling',
  preflight(scene, found) {
    const { api, members, holder, chaos, maxReplicas, note } = scene;
    const targets = targetsOf(scene, found);
    const plan = planDrain({ mode: chaos.whenBlocked, ...found, maxReplicas });
    if (plan.kind === 'expect-blocked' || plan.kind === 'bypass') {
      throw new ActionError('experiment-skipped', `rolling keeps the budget; when-blocked ${plan.kind} is for drain.`);
    }
    const uids = targets.flatMap(target => target.members.map(({ uid }) => uid));
    return {
      targets,
      undo: {
        ...nothingToUndo,
        cordons: targets.map(({ name }) => name),
        replicas: plan.kind === 'surge' ? found.replicas : undefined,
      },
      facts: { plan: plan.kind, nodes: targets.length },
      disturbed: uids,
      back: 'replaced',
      async prepare() {
        if (plan.kind === 'surge') await surge(scene, found.replicas, plan.replicas);
      },
      async inject(limits) {
        for (const [index, { name }] of targets.entries()) {
          if (index > 0) await scene.settle();
          await cordon(api, name, holder);
          await drainMembers(api, { members, statefulSet: found.statefulSet, node: name, limits, note });
          await uncordon(api, name, holder);
          await waitForMembers(api, { members, available: true }, limits);
          note(`Node ${name} was emptied and is schedulable again.`);
        }
      },
      async confirm() {
        const stayed = await whoStayed(scene, uids);
        return stayed === undefined
          ? { confirmed: true, detail: `Every member of before has left its node, ${uids.length} in all.` }
          : { confirmed: false, detail: stayed };
      },
      hold: () => Promise.resolve(),
    };
  },
};

/** The nodes with members, in the order of their names; each must be fit. */
function targetsOf({ isSeed, seedMembers }: Scene, { nodes, members }: Found): readonly TargetNode[] {
  const needs = { others: 1, abrupt: false, machine: false };
  return nodes
    .map(node => describeNode(node, members, isSeed))
    .filter(target => target.members.length > 0)
    .map(({ name }) => chooseTarget({ nodes, members, isSeed, seedMembers, wanted: name, needs }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
