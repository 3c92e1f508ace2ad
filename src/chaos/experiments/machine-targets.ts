import { ActionError } from '../../errors/action-error.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import type { Machine, Machines } from '../machines-port.js';
import type { OriginalState } from '../revert/original-state.js';
import { chooseTarget, type TargetNode } from '../target.js';

/** A target whose machine is known. */
export type MachineTarget = TargetNode & { readonly machine: Machine };

/** A node that goes without warning: another one takes its members, and one more is left for those that were moved. */
export const machineNeeds = { others: 2, nonGraceful: true, machine: true } as const;

/** The node whose machine an experiment changes: one that the cluster must be able to lose without warning. */
export function chooseMachine(
  { isSeed, seedMembers, chaos }: ExperimentContext,
  { nodes, members }: ClusterState,
): MachineTarget {
  const candidates = { nodes, members, isSeed, seedMembers, wanted: chaos.targetNode };
  return withMachine(chooseTarget({ ...candidates, needs: machineNeeds }));
}

/** @throws ActionError `target-refused` for a node without an instance of a scale set. */
export function withMachine(target: TargetNode): MachineTarget {
  const { machine, name, providerId } = target;
  if (machine) return { ...target, machine };
  throw new ActionError(
    'target-refused',
    `Node ${name} is no instance of a scale set (${providerId || 'no provider id'}).`,
  );
}

/** The machines of the cluster; the inputs let no experiment that needs them run without Azure. */
export function machinesOf({ machines }: ExperimentContext): Machines {
  if (machines === undefined) throw new Error('the experiment needs provider aks');
  return machines;
}

/** What undoes the loss of machines or of kubelets. */
export function machineEntries(targets: readonly MachineTarget[]): OriginalState['machines'] {
  return targets.map(({ name, uid, machine }) => ({ node: name, uid, machine }));
}

export function uidsOf(targets: readonly TargetNode[]): readonly string[] {
  return targets.flatMap(({ members }) => members.map(({ uid }) => uid));
}
