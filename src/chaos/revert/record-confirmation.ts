import type { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { StatefulSet } from '../../kubernetes/api/types.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { parseProviderId } from '../../kubernetes/provider-id.js';
import { liveClusterOf } from '../../migratorydata/live-options.js';
import type { Machine, Machines, NodePool } from '../machines-port.js';
import type { MachineEntry, OriginalState } from './original-state.js';
import { invalidRecord } from './revert-record-store.js';

/**
 * Returns the machine of an entry as the cluster and Azure name it now: from the providerID of the node or, when the
 * node does not exist, from the instance that Azure lists under its name. Undefined when the machine does not exist.
 * @throws ActionError `record-invalid` when it is not the machine in the record.
 */
export async function confirmMachine(
  api: KubernetesApi,
  machines: Machines,
  { node, machine }: MachineEntry,
): Promise<Machine | undefined> {
  const live = await api.find('Node', { name: node }, `check which machine node ${node} has`);
  const actual =
    live === undefined
      ? await machines.findByNode(machine.scaleSet, node)
      : (parseProviderId(live.spec.providerID ?? '') ?? 'no instance of a scale set');
  if (actual === undefined) return undefined;
  if (typeof actual !== 'string' && keyOf(actual) === keyOf(machine)) return actual;
  const shown = typeof actual === 'string' ? actual : keyOf(actual);
  throw invalidRecord([`The record says that the machine of node ${node} is ${keyOf(machine)}, but it is ${shown}.`]);
}

/** In lower case, because the case of names differs between responses of Azure. */
function keyOf({ subscriptionId, resourceGroup, scaleSet, instanceId }: Machine): string {
  return [subscriptionId, resourceGroup, scaleSet, instanceId].join('/').toLowerCase();
}

/**
 * Returns the current number of members, if the recorded number can be restored; undefined when there is no deployment.
 * @throws ActionError `record-invalid` when the recorded number is outside the limits of the deployment.
 */
export async function confirmReplicas(
  api: KubernetesApi,
  { namespace, name }: MemberSet,
  recorded: number,
): Promise<number | undefined> {
  const set = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  if (set === undefined) return undefined;
  const refutal = refuteReplicas(set, recorded);
  if (refutal !== undefined) throw refutal;
  return set.spec.replicas ?? 1;
}

/**
 * Returns the error `record-invalid` when a number of members cannot be restored: it must fit the member list, and
 * include all seed members. Undefined otherwise.
 */
export function refuteReplicas(set: StatefulSet, recorded: number): ActionError | undefined {
  const live = liveClusterOf(set);
  if (live !== undefined && recorded >= live.seedMembers && recorded <= live.maxReplicas) return undefined;
  const limits = live ? `from ${live.seedMembers} to ${live.maxReplicas} members` : 'no member list';
  return invalidRecord([
    `The record says that StatefulSet ${set.metadata.name} had ${recorded} members (undo.replicas), but it was deployed with ${limits}.`,
  ]);
}

/** Returns the error `record-invalid` when the node pool does not confirm its record; undefined otherwise. */
export function refutePool(recorded: NonNullable<OriginalState['pool']>, now: NodePool): ActionError | undefined {
  const { name, nodes, bounds } = recorded;
  const former = now.formerBounds ?? now.bounds;
  const sameBounds = former?.minCount === bounds.minCount && former.maxCount === bounds.maxCount;
  const minCount = now.bounds?.minCount ?? 0;
  const problems = [
    ...(sameBounds
      ? []
      : [
          `The record says that node pool ${name} had ${bounds.minCount} to ${bounds.maxCount} nodes (undo.pool.bounds), but the pool has ${former ? `${former.minCount} to ${former.maxCount}` : 'no bounds'}.`,
        ]),
    ...(nodes <= minCount
      ? []
      : [
          `The record says that node pool ${name} had ${nodes} nodes (undo.pool.nodes), but its lower bound, which an experiment raises to that number, is ${minCount}.`,
        ]),
  ];
  return problems.length === 0 ? undefined : invalidRecord(problems);
}
