import { ActionError } from '../../errors/action-error.js';
import { holdOf } from '../../inputs/experiments.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import { quorumOf } from '../../migratorydata/members.js';
import type { Experiment } from '../experiment.js';
import { nothingToUndo } from '../putback/mark.js';
import { sleepUntil } from './sleep.js';

/**
 * The control of the whole measurement: with less than a quorum of seeds the cluster must be seen not to accept
 * messages, and to accept them again. The seeds are the lowest ordinals, so scaling in leaves exactly the first ones.
 */
export const quorumLoss: Experiment = {
  name: 'quorum-loss',
  preflight({ api, members, seedMembers, chaos, limits }, found) {
    const few = quorumOf(seedMembers) - 1;
    if (few === 0 && found.autoscaler !== undefined) {
      const message = 'With one seed member all members would have to go, and the autoscaler keeps at least one.';
      throw new ActionError('experiment-skipped', message);
    }
    const lost = found.members.filter(({ metadata }) => Number(metadata.name.split('-').at(-1)) >= few);
    return {
      targets: [],
      undo: { ...nothingToUndo, replicas: found.replicas },
      facts: { membersDuring: few, seeds: seedMembers },
      disturbed: lost.map(({ metadata }) => metadata.uid ?? ''),
      replaced: true,
      unavailable: true,
      async inject() {
        await requestReplicas(api, members, few);
        await waitForMembers(api, { members, replicas: few }, limits);
      },
      async confirm() {
        const { namespace, labels } = members;
        const { items } = await api.list('Pod', { namespace, labels }, 'confirm that the quorum is gone');
        return {
          confirmed: items.length <= few,
          detail: `${items.length} of ${seedMembers} seed members run; a quorum takes ${quorumOf(seedMembers)}.`,
        };
      },
      hold: signal => sleepUntil(api.clock, holdOf('quorum-loss', chaos.holdMs), signal, api.signal),
    };
  },
};
