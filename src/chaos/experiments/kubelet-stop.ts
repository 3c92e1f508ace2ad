import { sleepOrEndEarly } from '../../runtime/time.js';
import { machineAccess } from '../experiment-access.js';
import { defineExperiment } from '../experiment.js';
import { isSilent } from '../kubelet.js';
import { nothingToRevert } from '../revert/original-state.js';
import { chooseMachine, machinesOf, uidsOf, machineEntries } from './machine-targets.js';

/**
 * Kubernetes marks a node as unreachable 50 s after its last heartbeat (kube-controller-manager,
 * --node-monitor-grace-period).
 */
const silenceMs = 90_000;

/** Stops the kubelet of one node while its containers keep running. A timer on the machine always starts it again. */
export const kubeletStop = defineExperiment({
  name: 'kubelet-stop',
  /** Azure starts to repair a lost node after 5 minutes ("Node auto-repair" in the AKS documentation). */
  hold: { defaultMs: 120_000, longestMs: 240_000, endsByRevert: true },
  needs: { azure: true, unsupported: true },
  reverts: ['kubelets'],
  access: machineAccess,
  commands: ({ machines, holdMs }) => [...machines.stopKubelet(holdMs / 1000), ...machines.startKubelet()],
  nonGraceful: true,
  async preflight(context, state) {
    const { api, holdMs } = context;
    const target = await chooseMachine(context, state);
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
      needsRevert: () => true,
      async inject(ports) {
        await machinesOf(ports).stopKubelet(target.machine, holdMs / 1000);
        stoppedMs = api.clock.now();
      },
      async confirm() {
        // One observation is enough: at the end of the hold, the timer may have started the kubelet already.
        silent ||= await isSilent(api, target, silenceMs);
        return silent
          ? {
              confirmed: true,
              detail: `The kubelet of node ${target.name} no longer renewed its Lease, and Ready became Unknown.`,
            }
          : { confirmed: false, detail: `The Ready condition of node ${target.name} did not become Unknown.` };
      },
      hold: signal => sleepOrEndEarly(api.clock, Math.max(0, stoppedMs + holdMs - api.clock.now()), signal, api.signal),
    };
  },
});
