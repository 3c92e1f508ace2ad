import { machineActions, observeActions, type RoleAction, workActions } from '../azure/role-actions.js';
import { experimentAccess, lockAccess } from '../chaos/chaos-access.js';
import type { ExperimentDryRun } from '../chaos/experiment.js';
import { type ExperimentName, experiments } from '../chaos/experiments/index.js';
import type { MachineCommands } from '../chaos/machines-port.js';
import type { CommandStep } from '../runtime/command-line.js';
import { clientAccess, type Permissions } from './shared-permissions.js';

/** Returns what operation chaos needs for these experiments; without any, what all of them have in common. */
export function chaosPermissions(names: readonly ExperimentName[]): Permissions {
  return {
    access: [...lockAccess, ...clientAccess, ...experimentAccess, ...names.flatMap(name => experiments[name].access)],
    actions: [...workActions, ...observeActions, ...names.flatMap(machineActionsOf)],
  };
}

/** Returns the Azure actions of an experiment: those of the commands in its dry run. */
export function machineActionsOf(name: ExperimentName): readonly RoleAction[] {
  const experiment = experiments[name];
  if (experiment.needs.azure !== true) return [];
  const used: RoleAction[] = [];
  const use = (actions: readonly RoleAction[]) => (): readonly CommandStep[] => {
    used.push(...actions);
    return [];
  };
  const machines: Readonly<Record<keyof MachineCommands, () => readonly CommandStep[]>> = {
    describeOperation: use(machineActions.describeOperation),
    powerState: use(machineActions.powerState),
    powerOff: use(machineActions.powerOff),
    start: use(machineActions.start),
    restart: use(machineActions.restart),
    stopKubelet: use(machineActions.runScript),
    startKubelet: use(machineActions.runScript),
    pool: use(machineActions.pool),
    deleteMachine: use(machineActions.deleteMachine),
    raisePoolBounds: use(machineActions.updatePool),
    restorePoolBounds: use(machineActions.updatePool),
  };
  // The commands of an experiment on machines depend on nothing else that a dry run knows.
  experiment.commands({ machines, node: '', holdMs: 0 } as unknown as ExperimentDryRun);
  return used;
}
