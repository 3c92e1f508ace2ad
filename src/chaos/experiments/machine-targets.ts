import { ActionError } from '../../errors/action-error.js';
import type { ClusterState, ExperimentContext, FaultPorts } from '../experiment-context.js';
import { findTarget } from '../find-target.js';
import type { Machine, Machines } from '../machines-port.js';
import type { OriginalState } from '../revert/original-state.js';
import type { TargetNode } from '../target.js';

/** A target with a known machine. */
export type MachineTarget = TargetNode & { readonly machine: Machine };

/**
 * The needs of a node that fails without a drain: another node runs its members, and one more those that were moved.
 */
export const machineNeeds = { others: 2, nonGraceful: true, machine: true } as const;

/** Returns the node whose machine an experiment changes: one that the cluster can lose without warning. */
export async function chooseMachine(context: ExperimentContext, state: ClusterState): Promise<MachineTarget> {
  return withMachine(await findTarget(context, state, machineNeeds));
}

/** @throws ActionError `target-refused` for a node without an instance of a scale set. */
export function withMachine(target: TargetNode): MachineTarget {
  const { machine, name, providerId } = target;
  if (machine) return { ...target, machine };
  throw new ActionError(
    'target-refused',
    `Node ${name} is not an instance of a scale set (${providerId || 'no provider id'}).`,
  );
}

/** Returns the machines of the cluster. The inputs are only valid for such experiments with provider aks. */
export function machinesOf({ machines }: FaultPorts): Machines {
  if (machines === undefined) throw new Error('the experiment requires provider aks');
  return machines;
}

/** Returns the original state of machines, for the revert of machines and kubelets. */
export function machineEntries(targets: readonly MachineTarget[]): OriginalState['machines'] {
  return targets.map(({ name, uid, machine }) => ({ node: name, uid, machine }));
}

export function uidsOf(targets: readonly TargetNode[]): readonly string[] {
  return targets.flatMap(({ members }) => members.map(({ uid }) => uid));
}
