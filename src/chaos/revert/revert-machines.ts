import { hasCode } from '../../errors/action-error.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { isNodeReady, nodeNamed } from '../../kubernetes/nodes.js';
import { isKubeletAlive, readRenewal } from '../kubelet.js';
import type { Machines } from '../machines-port.js';
import type { ExpectedNode } from './health.js';
import type { MachineEntry, OriginalState } from './original-state.js';
import { confirmMachine } from './record-confirmation.js';
import type { RevertContext } from './revert-context.js';
import type { RevertRecord } from './revert-record.js';

/**
 * The longest time until an operation that Azure has accepted shows its effect, in milliseconds. Before that, a healthy
 * node or kubelet proves nothing.
 */
const acceptedMs = 2 * 60_000;

/** Starts the machine of an entry. Returns a sentence; undefined when there is nothing to start. */
export function startMachine(context: RevertContext, entry: MachineEntry): Promise<string | undefined> {
  return startOnce(context, entry, async (machines, machine) => {
    await machines.start(machine);
    return `The machine of node ${entry.node} was started.`;
  });
}

/** Starts the kubelet of an entry unless it runs. Returns a sentence; undefined when there is nothing to start. */
export async function startKubelet(context: RevertContext, entry: MachineEntry): Promise<string | undefined> {
  if (ageOf(context) > acceptedMs && (await isAlive(context, entry))) return undefined;
  return startOnce(context, entry, async (machines, machine) => {
    await machines.startKubelet(machine);
    return `The kubelet of node ${entry.node} was started.`;
  });
}

/** Starts the machine or kubelet of an entry, once per process. Does nothing when the machine no longer exists. */
async function startOnce(
  { api, machines, started }: RevertContext,
  entry: MachineEntry,
  start: (machines: Machines, machine: MachineEntry['machine']) => Promise<string>,
): Promise<string | undefined> {
  const { node } = entry;
  if (started.has(node)) return undefined;
  const machine = await confirmMachine(api, requireMachines(machines), entry);
  if (machine === undefined) return undefined;
  try {
    const sentence = await start(requireMachines(machines), machine);
    started.set(node, await readRenewal(api, node));
    return sentence;
  } catch (error) {
    if (hasCode(error, 'azure-not-found')) return undefined;
    throw error;
  }
}

/** Returns whether the kubelet needs no start, because its node is gone or it renews its Lease. */
async function isAlive({ api }: RevertContext, { node, uid }: MachineEntry): Promise<boolean> {
  const now = await api.find('Node', { name: node }, `check whether node ${node} is Ready`);
  return now?.metadata.uid !== uid || (isNodeReady(now) && (await isKubeletAlive(api, node)));
}

/** Returns the age of the record, as far as this process knows, in milliseconds. */
function ageOf({ api, knownMs }: RevertContext): number {
  return api.clock.now() - knownMs;
}

/**
 * Waits until the nodes whose machine the experiment deletes are gone, or until any deletion that Azure has accepted
 * would have shown its effect.
 */
export async function waitForDeletions(context: RevertContext, record: RevertRecord): Promise<void> {
  const { deletions } = record.undo;
  if (deletions.length === 0) return;
  await waitUntil(
    context.api,
    deletions.map(({ node }) => nodeNamed(node)),
    observation => deletions.every(({ node, uid }) => observation.find('Node', node)?.metadata.uid !== uid),
    Math.max(0, acceptedMs - ageOf(context)),
  );
}

/** Returns the nodes that this process has started. */
export function startedNodes(
  { started }: RevertContext,
  { machines, kubelets }: OriginalState,
): readonly ExpectedNode[] {
  return [...machines, ...kubelets]
    .filter(({ node }) => started.has(node))
    .map(({ node, uid }) => ({ node, uid, renewal: started.get(node) }));
}

/** Returns the machines. @throws Error without provider aks, which wrote any record that names machines. */
export function requireMachines(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('provider aks is required to reach the machine');
  return machines;
}
