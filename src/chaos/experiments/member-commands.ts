import { hasCode } from '../../errors/action-error.js';
import { deletionCommand, evictionCommand } from '../../kubernetes/kubectl-equivalents.js';
import { scaleCommand } from '../../kubernetes/scaling.js';
import { membersOf } from '../../migratorydata/object-names.js';
import { type CommandStep, unknownName } from '../../runtime/command-line.js';
import { type DrainPlan, planDrain } from '../drain-plan.js';
import type { ExperimentDryRun } from '../experiment.js';

const member = unknownName('member');

/** Evicts one member; only the cluster shows which ones are on the node. */
export function evictionCommands(namespace: string): readonly CommandStep[] {
  return [evictionCommand({ namespace, name: member }, 'UID', `evict ${member}`)];
}

/** Deletes one member without asking the disruption budget. */
export function deletionCommands(namespace: string): readonly CommandStep[] {
  return [deletionCommand('Pod', { namespace, name: member }, `delete ${member}`)];
}

/** Adds the member that the plan asks for, and removes it again; nothing for a plan without a surge. */
export function surgeCommands(
  plan: DrainPlan,
  namespace: string,
  replicas: number,
): { readonly added: readonly CommandStep[]; readonly removed: readonly CommandStep[] } {
  if (plan.kind !== 'surge') return { added: [], removed: [] };
  const members = membersOf({ namespace });
  return { added: [scaleCommand(members, plan.replicas)], removed: [scaleCommand(members, replicas)] };
}

/** How a drain goes by what the inputs say; undefined where it is refused. */
export function planOfDryRun({
  settings,
  allowedDisruptions,
  replicas,
  maxReplicas,
}: Pick<ExperimentDryRun, 'settings' | 'allowedDisruptions' | 'replicas' | 'maxReplicas'>): DrainPlan | undefined {
  try {
    return planDrain({ mode: settings.whenBlocked, allowedDisruptions, replicas, maxReplicas });
  } catch (error) {
    if (!hasCode(error, 'disruption-blocked')) throw error;
    return undefined;
  }
}
