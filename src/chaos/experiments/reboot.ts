import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { nodeNamed } from '../../kubernetes/nodes.js';
import { machineAccess } from '../experiment-access.js';
import { defineExperiment } from '../experiment.js';
import { nothingToRevert } from '../revert/original-state.js';
import { chooseMachine, machinesOf, uidsOf } from './machine-targets.js';

/** A machine restarts within minutes ("Node auto-repair" in the AKS documentation assumes 5). */
const bootMs = 5 * 60_000;

/** Reboots one machine without a drain. */
export const reboot = defineExperiment({
  name: 'reboot',
  hold: { defaultMs: 0 },
  needs: { azure: true, unsupported: true },
  reverts: [],
  access: machineAccess,
  commands: ({ machines }) => machines.restart(),
  nonGraceful: true,
  async preflight(context, state) {
    const { api } = context;
    const target = await chooseMachine(context, state);
    return {
      targets: [target],
      originalState: nothingToRevert,
      facts: () => ({ machine: `${target.machine.scaleSet}/${target.machine.instanceId}` }),
      affected: uidsOf([target]),
      recoveryMode: () => 'restarted',
      inject: ports => machinesOf(ports).restart(target.machine),
      async confirm() {
        const booted = await waitUntil(
          api,
          [nodeNamed(target.name)],
          observation => {
            const bootId = observation.find('Node', target.name)?.status.nodeInfo?.bootID ?? target.bootId;
            return bootId !== target.bootId;
          },
          bootMs,
        );
        return booted
          ? { confirmed: true, detail: `Node ${target.name} has a new boot ID.` }
          : { confirmed: false, detail: `Node ${target.name} still has the former boot ID.` };
      },
    };
  },
});
