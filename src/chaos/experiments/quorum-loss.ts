import { ActionError } from '../../errors/action-error.js';
import { access } from '../../kubernetes/api/access-rule.js';
import { ordinalOf } from '../../kubernetes/pods.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { requestReplicas, scaleCommand } from '../../kubernetes/scaling.js';
import { quorumOf } from '../../migratorydata/membership.js';
import { defineExperiment } from '../experiment.js';
import { nothingToRevert } from '../revert/original-state.js';
import { describeRemaining } from './replacement.js';

/**
 * The control experiment of the measurement: without a quorum of seeds, the cluster must not accept messages, and later
 * it must accept them again. The seeds have the lowest ordinals, so scaling in keeps the first ones.
 */
export const quorumLoss = defineExperiment({
  name: 'quorum-loss',
  hold: { defaultMs: 30_000, endsByRevert: true },
  needs: { rest: true },
  unavailable: true,
  reverts: [],
  access: [access('deployment', 'StatefulSet/scale', ['patch'])],
  commands({ members, replicas, seedMembers }) {
    return [scaleCommand(members, quorumOf(seedMembers) - 1), scaleCommand(members, replicas)];
  },
  preflight(context, state) {
    const { members, seedMembers } = context;
    const few = quorumOf(seedMembers) - 1;
    if (few === 0 && state.autoscaler !== undefined) {
      const message = 'With one seed member, all members would have to stop, but the autoscaler keeps at least one.';
      throw new ActionError('experiment-skipped', message);
    }
    const lost = state.members
      .filter(({ metadata }) => ordinalOf(metadata.name) >= few)
      .map(({ metadata }) => metadata.uid ?? '');
    return {
      targets: [],
      originalState: { ...nothingToRevert, replicas: { from: state.replicas, set: few } },
      facts: () => ({ membersDuring: few, seeds: seedMembers }),
      affected: lost,
      recoveryMode: () => 'replaced',
      needsRevert: () => true,
      async inject({ api }, limits) {
        const sentMs = api.clock.now();
        await requestReplicas(api, members, few);
        limits.tookEffect(sentMs);
        await waitForMembers(api, { members, replicas: few }, limits);
      },
      async confirm() {
        const stayed = await describeRemaining(context, lost);
        return stayed === undefined
          ? {
              confirmed: true,
              detail: `${few} of ${seedMembers} seed members run; a quorum needs ${quorumOf(seedMembers)}.`,
            }
          : { confirmed: false, detail: stayed };
      },
    };
  },
});
