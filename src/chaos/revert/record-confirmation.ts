import type { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { parseProviderId } from '../../kubernetes/provider-id.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import { liveClusterOf } from '../../migratorydata/live-options.js';
import type { Machine, Machines, NodePool } from '../machines-port.js';
import type { MachineEntry, OriginalState } from './original-state.js';
import { invalidRecord } from './revert-record-store.js';

/**
 * The machine of an entry, as the cluster and Azure name it now: the one in the providerID of the node or, where the
 * node has vanished, the instance that Azure lists under its name. Undefined: there is no such machine any more.
 * @throws ActionError `record-invalid` when it is another one than the record says.
 */
export async function confirmMachine(
  api: KubernetesApi,
  machines: Machines,
  { node, machine }: MachineEntry,
): Promise<Machine | undefined> {
  const live = await api.find('Node', { name: node }, `see which machine node ${node} has`);
  const actual =
    live === undefined
      ? await machines.findByNode(machine.scaleSet, node)
      : (parseProviderId(live.spec.providerID ?? '') ?? 'no instance of a scale set');
  if (actual === undefined) return undefined;
  if (typeof actual !== 'string' && keyOf(actual) === keyOf(machine)) return actual;
  const shown = typeof actual === 'string' ? actual : keyOf(actual);
  throw invalidRecord([`The record says that the machine of node ${node} is ${keyOf(machine)}, and it is ${shown}.`]);
}

/** Azure writes names in another case from one answer to the next. */
function keyOf({ subscriptionId, resourceGroup, scaleSet, instanceId }: Machine): string {
  return [subscriptionId, resourceGroup, scaleSet, instanceId].join('/').toLowerCase();
}

/**
 * The number of members that is wanted now, where a record may go back to its own; undefined when there is no deployment
 * any more.
 * @throws ActionError `record-invalid`.
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

/** What keeps a number of members from being gone back to: it must be within the member list, and not below the seeds. */
export function refuteReplicas(set: StatefulSet, recorded: number): ActionError | undefined {
  const live = liveClusterOf(set);
  if (live !== undefined && recorded >= live.seedMembers && recorded <= live.maxReplicas) return undefined;
  const limits = live ? `from ${live.seedMembers} to ${live.maxReplicas} members` : 'no member list';
  return invalidRecord([
    `The record says that StatefulSet ${set.metadata.name} had ${recorded} members (undo.replicas), and it was deployed with ${limits}.`,
  ]);
}

/** What keeps the record of a node pool from being believed, as the error for it; undefined: nothing. */
export function refutePool(recorded: NonNullable<OriginalState['pool']>, now: NodePool): ActionError | undefined {
  const { name, nodes, bounds } = recorded;
  const kept = now.formerBounds ?? now.bounds;
  const sameBounds = kept?.minCount === bounds.minCount && kept.maxCount === bounds.maxCount;
  const least = now.bounds?.minCount ?? 0;
  const problems = [
    ...(sameBounds
      ? []
      : [
          `The record says that node pool ${name} had ${bounds.minCount} to ${bounds.maxCount} nodes (undo.pool.bounds), and the pool shows ${kept ? `${kept.minCount} to ${kept.maxCount}` : 'no bounds'}.`,
        ]),
    ...(nodes <= least
      ? []
      : [
          `The record says that node pool ${name} had ${nodes} nodes (undo.pool.nodes), and its lower bound, which an experiment raises to that, is ${least}.`,
        ]),
  ];
  return problems.length === 0 ? undefined : invalidRecord(problems);
}
