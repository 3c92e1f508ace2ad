import { ActionError, hasCode } from '../../errors/action-error.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { isReady, membersAmong } from '../../kubernetes/pods.js';
import type { CommandStep } from '../../runtime/command-line.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import type { ExperimentDryRun, Fault } from '../experiment.js';
import { nothingToRevert } from '../revert/original-state.js';
import { machinesOf, type MachineTarget, uidsOf, machineEntries } from './machine-targets.js';

/**
 * The Azure controller detects a powered-off machine within 10 minutes (cloud-provider-azure pull request 4522), so the
 * fault is held for longer.
 */
export const powerHold = { defaultMs: 12 * 60_000 } as const;

/** The commands of `cutPower`, for a dry run. */
export function powerCommands({ machines }: ExperimentDryRun): readonly CommandStep[] {
  return [...machines.powerOff(), ...machines.powerState(), ...machines.start()];
}

/** The states of a powered-off machine; see "States and billing status of Azure Virtual Machines". */
const off = ['stopped', 'deallocated'];

/**
 * Powers off machines at the same time and holds the fault until their members are replaced, but not longer than the
 * hold of the context. Kubernetes only moves the members of a lost node when the machine is reported as off; before
 * that, the same pods restart with the machine.
 */
export function cutPower(context: ExperimentContext, state: ClusterState, targets: readonly MachineTarget[]): Fault {
  const { api, members, holdMs, note } = context;
  const machines = machinesOf(context);
  const affected = uidsOf(targets);
  let moved = false;
  return {
    targets,
    originalState: { ...nothingToRevert, machines: machineEntries(targets) },
    affected,
    recoveryMode: () => (moved ? 'replaced' : 'restarted'),
    needsRevert: () => !moved,
    facts: () => ({
      machines: targets.map(({ machine }) => `${machine.scaleSet}/${machine.instanceId}`).join(', '),
      rescheduling: moved ? 'exercised' : 'not exercised',
    }),
    async inject(ports) {
      const results = await Promise.allSettled(targets.map(({ machine }) => machinesOf(ports).powerOff(machine)));
      const refusals = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
      if (refusals.length === 0) return;
      // Skipped only if Azure has accepted none of the requests.
      const refusal = refusals.find(error => !hasCode(error, 'experiment-skipped')) ?? refusals[0];
      if (refusals.length === targets.length || !hasCode(refusal, 'experiment-skipped')) throw refusal;
      throw new ActionError('azure-busy', `Only a part of the machines was powered off. ${refusal.message}`);
    },
    async confirm() {
      const states = await Promise.all(targets.map(({ machine }) => machines.powerState(machine)));
      const described = targets.map(({ name }, index) => `${name} is ${states[index] ?? 'unknown'}`).join(', ');
      return { confirmed: states.every(power => off.includes(power)), detail: `The machine of ${described}.` };
    },
    async hold(signal) {
      const pods = { kind: 'Pod', namespace: members.namespace, labels: members.labels } as const;
      const replaced = await waitUntil(
        api,
        [pods],
        observation => {
          const all = membersAmong(observation.all('Pod'), state.statefulSet);
          const others = all.filter(({ metadata }) => !affected.includes(metadata.uid ?? ''));
          moved = all.every(
            ({ metadata }) => !affected.includes(metadata.uid ?? '') || metadata.deletionTimestamp !== undefined,
          );
          return others.length === state.replicas && others.every(isReady);
        },
        holdMs,
        signal,
      );
      note(
        replaced
          ? 'The members of the lost machines were replaced on other nodes.'
          : 'The members of the lost machines were not replaced while the fault was held.',
      );
    },
  };
}
