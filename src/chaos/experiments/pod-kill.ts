import { ActionError } from '../../errors/action-error.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import type { Experiment } from '../experiment.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { chooseTarget, seedsThatMayFail } from '../target.js';
import { describeRemaining } from './replacement.js';

/** One member goes, first with the grace that its pod has, then, when it is back, without any: a crash. */
export const podKill: Experiment = {
  name: 'pod-kill',
  preflight(context, found) {
    const { api, members, isSeed, seedMembers, chaos, note } = context;
    const target = chooseTarget({
      ...{ nodes: found.nodes, members: found.members, isSeed, seedMembers, wanted: chaos.targetNode },
      needs: { others: 0, nonGraceful: false, machine: false },
    });
    const [victim] = target.members;
    if (victim === undefined) throw new Error('a target holds a member');
    if (victim.seed && seedsThatMayFail(seedMembers) === 0) {
      const message = `${victim.name} is one of ${seedMembers} seed members, of which none may fail.`;
      throw new ActionError('experiment-skipped', message, { hint: 'Deploy with three `seed-members` or more.' });
    }
    const key = { namespace: members.namespace, name: victim.name };
    const killed = [victim.uid];
    return {
      targets: [target],
      originalState: nothingToRevert,
      facts: { member: victim.name, seed: victim.seed },
      affected: [victim.uid],
      recoveryMode: 'replaced',
      async inject(limits) {
        await api.remove('Pod', key, `delete ${victim.name} as an operator would`, { uid: victim.uid });
        const pods = await waitForMembers(api, { members, gone: killed, available: true }, limits);
        note(`${victim.name} was deleted and is Ready again.`);
        const uid = pods.find(({ metadata }) => metadata.name === victim.name)?.metadata.uid ?? '';
        killed.push(uid);
        await api.remove('Pod', key, `delete ${victim.name} as a crash would`, { uid, gracePeriodSeconds: 0 });
        await waitForMembers(api, { members, gone: killed }, limits);
        note(`${victim.name} was deleted by force and is Ready again.`);
      },
      async confirm() {
        const stayed = await describeRemaining(context, killed);
        return stayed === undefined
          ? { confirmed: true, detail: `${victim.name} was replaced ${killed.length} times.` }
          : { confirmed: false, detail: stayed };
      },
      hold: () => Promise.resolve(),
    };
  },
};
