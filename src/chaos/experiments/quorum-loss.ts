import { ActionError } from '../../errors/action-error.js';
import { ordinalOf } from '../../kubernetes/pods.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import { quorumOf } from '../../migratorydata/membership.js';
import type { Experiment } from '../experiment.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { holdOf } from '../spec.js';
import { describeRemaining } from './replacement.js';
import { sleepUntil } from './sleep.js';

/**
 * The control of the whole measurement: with less than a quorum of seeds the cluster must be seen not to accept
 * messages, and to accept them again. The seeds are the lowest ordinals, so scaling in leaves exactly the first ones.
 */
export const quorumLoss: Experiment = {
  name: 'quorum-loss',
  preflight(context, found) {
    const { api, members, seedMembers, chaos } = context;
    const few = quorumOf(seedMembers) - 1;
    if (few === 0 && found.autoscaler !== undefined) {
      const message = 'With one seed member all members would have to go, and the autoscaler keeps at least one.';
      throw new ActionError('experiment-skipped', message);
    }
    const lost = found.members
      .filter(({ metadata }) => ordinalOf(metadata.name) >= few)
      .map(({ metadata }) => metadata.uid ?? '');
    return {
      targets: [],
      originalState: { ...nothingToRevert, replicas: found.replicas },
      facts: { membersDuring: few, seeds: seedMembers },
      affected: lost,
      recoveryMode: 'replaced',
      unavailable: true,
      async inject(limits) {
        await requestReplicas(api, members, few);
        await waitForMembers(api, { members, replicas: few }, limits);
      },
      async confirm() {
        const stayed = await describeRemaining(context, lost);
        return stayed === undefined
          ? {
              confirmed: true,
              detail: `${few} of ${seedMembers} seed members run; a quorum takes ${quorumOf(seedMembers)}.`,
            }
          : { confirmed: false, detail: stayed };
      },
      hold: signal => sleepUntil(api.clock, holdOf('quorum-loss', chaos.holdMs), signal, api.signal),
    };
  },
};
