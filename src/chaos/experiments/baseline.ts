import type { Pod } from '../../kubernetes/api/types.js';
import { containerIdsOf, isReady, membersAmong } from '../../kubernetes/pods.js';
import { defineExperiment } from '../experiment.js';
import { nothingToRevert } from '../revert/original-state.js';

/** Injects no fault and tests the measurement itself. If this is not steady, no other experiment can be judged. */
export const baseline = defineExperiment({
  name: 'baseline',
  hold: { defaultMs: 30_000 },
  needs: {},
  reverts: [],
  access: [],
  commands: () => [],
  preflight({ api, members }, state) {
    const { namespace, labels } = members;
    const before = state.members.map(identityOf).sort();
    return {
      targets: [],
      originalState: nothingToRevert,
      facts: () => ({ members: state.members.length }),
      affected: [],
      recoveryMode: () => 'untouched',
      inject: () => Promise.resolve(),
      async confirm() {
        const { items } = await api.list('Pod', { namespace, labels }, 'confirm that nothing has changed');
        const now = membersAmong(items, state.statefulSet);
        const same = now.every(isReady) && now.map(identityOf).sort().join() === before.join();
        return {
          confirmed: same,
          detail: same ? 'No member has changed.' : 'Members have changed although no fault was injected.',
        };
      },
    };
  },
});

function identityOf(pod: Pod): string {
  return [pod.metadata.name, pod.metadata.uid, ...containerIdsOf(pod)].join('/');
}
