import { ActionError } from '../../errors/action-error.js';
import { access } from '../../kubernetes/api/access-rule.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { defineExperiment } from '../experiment.js';
import { findTarget } from '../find-target.js';
import { nothingToRevert } from '../revert/original-state.js';
import { seedsThatMayFail } from '../target.js';
import { deletionCommands } from './member-commands.js';
import { describeRemaining } from './replacement.js';

/** Deletes one member, first with its grace period, then, when it is Ready again, without one, as in a crash. */
export const podKill = defineExperiment({
  name: 'pod-kill',
  hold: { defaultMs: 0 },
  needs: {},
  reverts: [],
  access: [access('deployment', 'Pod', ['delete'])],
  commands: ({ members }) => [...deletionCommands(members), ...deletionCommands(members)],
  async preflight(context, state) {
    const { members, seedMembers, note } = context;
    const target = await findTarget(context, state, { others: 0, nonGraceful: false, machine: false });
    const [victim] = target.members;
    if (victim === undefined) throw new Error('a target runs a member');
    if (victim.seed && seedsThatMayFail(seedMembers) === 0) {
      const message = `${victim.name} is one of ${seedMembers} seed members, and none of them may fail.`;
      throw new ActionError('experiment-skipped', message, { hint: 'Deploy with three `seed-members` or more.' });
    }
    const key = { namespace: members.namespace, name: victim.name };
    const killed = [victim.uid];
    return {
      targets: [target],
      originalState: nothingToRevert,
      facts: () => ({ member: victim.name, seed: victim.seed }),
      affected: [victim.uid],
      recoveryMode: () => 'replaced',
      async inject({ api }, limits) {
        const sentMs = api.clock.now();
        await api.remove('Pod', key, `delete ${victim.name} with its grace period`, { uid: victim.uid });
        limits.tookEffect(sentMs);
        const pods = await waitForMembers(api, { members, gone: killed, available: true }, limits);
        note(`${victim.name} was deleted and is Ready again.`);
        const uid = pods.find(({ metadata }) => metadata.name === victim.name)?.metadata.uid ?? '';
        killed.push(uid);
        await limits.beforeStep(victim.name);
        await api.remove('Pod', key, `delete ${victim.name} without a grace period`, { uid, gracePeriodSeconds: 0 });
        await waitForMembers(api, { members, gone: killed }, limits);
        note(`${victim.name} was deleted without a grace period and is Ready again.`);
      },
      async confirm() {
        const stayed = await describeRemaining(context, killed);
        return stayed === undefined
          ? { confirmed: true, detail: `${victim.name} was replaced ${killed.length} times.` }
          : { confirmed: false, detail: stayed };
      },
    };
  },
});
