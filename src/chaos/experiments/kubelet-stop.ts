import type { Experiment } from '../experiment.js';
import { isSilent } from '../kubelet.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { holdOf } from '../spec.js';
import { chooseMachine, machinesOf, uidsOf, machineEntries } from './machine-targets.js';
import { sleepUntil } from './sleep.js';

/** A node is given up 50 s after its last sign of life (kube-controller-manager, --node-monitor-grace-period). */
const silenceMs = 90_000;

/** The kubelet of one node is silent while its containers go on: a timer on the machine ends it whatever happens. */
export const kubeletStop: Experiment = {
  name: 'kubelet-stop',
  nonGraceful: true,
  preflight(context, found) {
    const { api, chaos } = context;
    const machines = machinesOf(context);
    const target = chooseMachine(context, found);
    const holdMs = holdOf('kubelet-stop', chaos.holdMs);
    let stoppedMs = 0;
    let silent = false;
    return {
      targets: [target],
      originalState: { ...nothingToRevert, kubelets: machineEntries([target]) },
      facts: { machine: `${target.machine.scaleSet}/${target.machine.instanceId}`, seconds: Math.round(holdMs / 1000) },
      affected: uidsOf([target]),
      recoveryMode: 'untouched',
      async inject() {
        await machines.stopKubelet(target.machine, holdMs / 1000);
        stoppedMs = api.clock.now();
      },
      async confirm() {
        // Seen once is enough: at the end of the hold the timer may have started it already.
        silent ||= await isSilent(api, target, silenceMs);
        return silent
          ? {
              confirmed: true,
              detail: `The kubelet of node ${target.name} renewed its Lease no longer, and Ready became Unknown.`,
            }
          : { confirmed: false, detail: `Node ${target.name} was not given up.` };
      },
      hold: signal => sleepUntil(api.clock, Math.max(0, stoppedMs + holdMs - api.clock.now()), signal, api.signal),
    };
  },
};
