import { sleepOrEndEarly } from '../../runtime/time.js';
import { defineExperiment } from '../experiment.js';
import { isSilent } from '../kubelet.js';
import { nothingToRevert } from '../revert/original-state.js';
import { chooseMachine, machinesOf, uidsOf, machineEntries } from './machine-targets.js';

/** A node is given up 50 s after its last sign of life (kube-controller-manager, --node-monitor-grace-period). */
const silenceMs = 90_000;

/** The kubelet of one node is silent while its containers go on: a timer on the machine ends it whatever happens. */
export const kubeletStop = defineExperiment({
  name: 'kubelet-stop',
  /** Azure begins to repair a lost node after 5 minutes ("Node auto-repair" in the AKS documentation). */
  hold: { defaultMs: 120_000, longestMs: 240_000 },
  needs: { azure: true, unsupported: true },
  reverts: ['kubelets'],
  commands: ({ machines, holdMs }) => [...machines.stopKubelet(holdMs / 1000), ...machines.startKubelet()],
  nonGraceful: true,
  preflight(context, state) {
    const { api, holdMs } = context;
    const machines = machinesOf(context);
    const target = chooseMachine(context, state);
    let stoppedMs = 0;
    let silent = false;
    return {
      targets: [target],
      originalState: { ...nothingToRevert, kubelets: machineEntries([target]) },
      facts: () => ({
        machine: `${target.machine.scaleSet}/${target.machine.instanceId}`,
        seconds: Math.round(holdMs / 1000),
      }),
      affected: uidsOf([target]),
      recoveryMode: () => 'untouched',
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
      hold: signal => sleepOrEndEarly(api.clock, Math.max(0, stoppedMs + holdMs - api.clock.now()), signal, api.signal),
    };
  },
});
