import { ActionError } from '../../errors/action-error.js';
import { holdOf } from '../spec.js';
import { ordinalOf } from '../../kubernetes/pods.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import { quorumOf } from '../../migratorydata/members.js';
import type { Experiment } from '../experiment.js';
import { nothingToUndo } from '../putback/mark.js';
import { whoStayed } from './gone.js';
import { sleepUntil } from './sleep.js';

/**
 * The control of the whole measurement: with less than a quorum of seeds the cluster must be seen not to accept
 * messages, and to accept them again. The seeds are the lowest ordinals, so scaling in leaves exactly the first ones.
 */
export const quorumLoss: Experiment = {
  name: 'quorum-loss',
  preflight(scene, found) {
    const { api, members, seedMembers, chaos } = scene;
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
      undo: { ...nothingToUndo, replicas: found.replicas },
      facts: { membersDuring: few, seeds: seedMembers },
      disturbed: lost,
      back: 'replaced',
      unavailable: true,
      async inject(limits) {
        await requestReplicas(api, members, few);
        await waitForMembers(api, { members, replicas: few }, limits);
      },
      async confirm() {
        const stayed = await whoStayed(scene, lost);
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
