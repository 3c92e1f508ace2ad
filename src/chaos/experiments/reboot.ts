import type { Experiment } from '../experiment.js';
import { nothingToUndo } from '../putback/mark.js';
import { chooseMachine, machinesOf, uidsOf } from './machine-targets.js';
import { seenWithin } from '../seen.js';

/** A machine is back within minutes ("Node auto-repair" in the AKS documentation counts on 5). */
const bootMs = 5 * 60_000;

/** One machine reboots without a drain. */
export const reboot: Experiment = {
  name: 'reboot',
  abrupt: true,
  preflight(scene, found) {
    const { api } = scene;
    const machines = machinesOf(scene);
    const target = chooseMachine(scene, found);
    return {
      targets: [target],
      undo: nothingToUndo,
      facts: { machine: `${target.machine.scaleSet}/${target.machine.instanceId}` },
      disturbed: uidsOf([target]),
      back: 'restarted',
      inject: () => machines.restart(target.machine),
      async confirm() {
        const node = { kind: 'Node', fields: `metadata.name=${target.name}` } as const;
        const booted = await seenWithin(
          api,
          [node],
          view => {
            const bootId = view.find('Node', target.name)?.status.nodeInfo?.bootID ?? target.bootId;
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
