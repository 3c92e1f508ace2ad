import { hasCode } from '../../errors/action-error.js';
import { deletionCommand, evictionCommand } from '../../kubernetes/api/kubectl-equivalents.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { scaleCommand } from '../../kubernetes/scaling.js';
import { type CommandStep, unknownName } from '../../runtime/command-line.js';
import { type DrainPlan, planDrain } from '../drain-plan.js';
import type { ExperimentDryRun } from '../experiment.js';

const member = unknownName('member');

/** Returns the eviction of one member; only the cluster knows which members are on the node. */
export function evictionCommands({ namespace }: MemberSet): readonly CommandStep[] {
  return [evictionCommand({ namespace, name: member }, 'UID', `evict ${member}`)];
}

/** Returns the deletion of one member, which ignores the disruption budget. */
export function deletionCommands({ namespace }: MemberSet): readonly CommandStep[] {
  return [deletionCommand('Pod', { namespace, name: member }, `delete ${member}`)];
}

/** Returns the commands that add a member and remove it again; none for a plan without a surge. */
export function surgeCommands(
  plan: DrainPlan,
  members: MemberSet,
  replicas: number,
): { readonly added: readonly CommandStep[]; readonly removed: readonly CommandStep[] } {
  if (plan.kind !== 'surge') return { added: [], removed: [] };
  return { added: [scaleCommand(members, plan.replicas)], removed: [scaleCommand(members, replicas)] };
}

/** Returns the drain plan for the inputs; undefined if the drain is refused. */
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
