import { waitUntil } from '../../kubernetes/wait-until.js';
import type { Experiment } from '../experiment.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { chooseMachine, machinesOf, uidsOf } from './machine-targets.js';

/** A machine is back within minutes ("Node auto-repair" in the AKS documentation counts on 5). */
const bootMs = 5 * 60_000;

/** One machine reboots without a drain. */
export const reboot: Experiment = {
  name: 'reboot',
  nonGraceful: true,
  preflight(context, found) {
    const { api } = context;
    const machines = machinesOf(context);
    const target = chooseMachine(context, found);
    return {
      targets: [target],
      originalState: nothingToRevert,
      facts: { machine: `${target.machine.scaleSet}/${target.machine.instanceId}` },
      affected: uidsOf([target]),
      recoveryMode: 'restarted',
      inject: () => machines.restart(target.machine),
      async confirm() {
        const node = { kind: 'Node', fields: `metadata.name=${target.name}` } as const;
        const booted = await waitUntil(
          api,
          [node],
          observation => {
            const bootId = observation.find('Node', target.name)?.status.nodeInfo?.bootID ?? target.bootId;
            return bootId !== target.bootId;
          },
          bootMs,
        );
        return booted
          ? { confirmed: true, detail: `Node ${target.name} has another boot id.` }
          : { confirmed: false, detail: `Node ${target.name} still has the boot id of before.` };
      },
      hold: () => Promise.resolve(),
    };
  },
};
