import { containerIdsOf, isReady, membersAmong } from '../../kubernetes/pods.js';
import type { Pod } from '../../kubernetes/types.js';
import type { Experiment } from '../experiment.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { holdOf } from '../spec.js';
import { sleepUntil } from './sleep.js';

/** No fault at all: what is measured here is the measurement. Were it not clean, no other experiment could be judged. */
export const baseline: Experiment = {
  name: 'baseline',
  preflight({ api, members, chaos }, found) {
    const { namespace, labels } = members;
    const before = found.members.map(stateOf).sort();
    return {
      targets: [],
      originalState: nothingToRevert,
      facts: { members: found.members.length },
      affected: [],
      recoveryMode: 'untouched',
      inject: () => Promise.resolve(),
      async confirm() {
        const { items } = await api.list('Pod', { namespace, labels }, 'confirm that nothing has changed');
        const now = membersAmong(items, found.statefulSet);
        const same = now.every(isReady) && now.map(stateOf).sort().join() === before.join();
        return {
          confirmed: same,
          detail: same ? 'No member has changed.' : 'Members have changed although nothing was broken.',
        };
      },
      hold: signal => sleepUntil(api.clock, holdOf('baseline', chaos.holdMs), signal, api.signal),
    };
  },
};

function stateOf(pod: Pod): string {
  return [pod.metadata.name, pod.metadata.uid, ...containerIdsOf(pod)].join('/');
}
