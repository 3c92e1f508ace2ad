import { isReady, membersAmong } from '../../kubernetes/pods.js';
import { waitUntil } from '../../kubernetes/wait-until.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import type { Fault } from '../experiment.js';
import { nothingToRevert } from '../revert/revert-record.js';
import { machinesOf, type MachineTarget, uidsOf, machineEntries } from './machine-targets.js';

/** The states of a machine without power; "States and billing status of Azure Virtual Machines". */
const off = ['stopped', 'deallocated'];

/**
 * Cuts the power of machines at once and holds until their members are replaced, at most for `holdMs`. Kubernetes moves
 * the members of a lost node only when it is told that the machine is off; before that, the same pods come back with it.
 */
export function cutPower(
  context: ExperimentContext,
  found: ClusterState,
  targets: readonly MachineTarget[],
  holdMs: number,
): Fault {
  const { api, members, note } = context;
  const machines = machinesOf(context);
  const affected = uidsOf(targets);
  let moved = false;
  return {
    targets,
    originalState: { ...nothingToRevert, machines: machineEntries(targets) },
    affected,
    get recoveryMode() {
      return moved ? ('replaced' as const) : ('restarted' as const);
    },
    get facts() {
      return {
        machines: targets.map(({ machine }) => `${machine.scaleSet}/${machine.instanceId}`).join(', '),
        rescheduling: moved ? 'exercised' : 'not exercised',
      };
    },
    async inject() {
      await Promise.all(targets.map(({ machine }) => machines.powerOff(machine)));
    },
    async confirm() {
      const states = await Promise.all(targets.map(({ machine }) => machines.powerState(machine)));
      const told = targets.map(({ name }, index) => `${name} is ${states[index] ?? 'unknown'}`).join(', ');
      return { confirmed: states.every(state => off.includes(state)), detail: `The machine of ${told}.` };
    },
    async hold(signal) {
      const pods = { kind: 'Pod', namespace: members.namespace, labels: members.labels } as const;
      const replaced = await waitUntil(
        api,
        [pods],
        observation => {
          const all = membersAmong(observation.all('Pod'), found.statefulSet);
          const others = all.filter(({ metadata }) => !affected.includes(metadata.uid ?? ''));
          moved = all.every(
            ({ metadata }) => !affected.includes(metadata.uid ?? '') || metadata.deletionTimestamp !== undefined,
          );
          return others.length === found.replicas && others.every(isReady);
        },
        holdMs,
        signal,
      );
      note(
        replaced
          ? 'The members of the lost machines were replaced on others.'
          : 'The members of the lost machines were not replaced while the fault was held.',
      );
    },
  };
}
