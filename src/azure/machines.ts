import { ActionError, hasCode } from '../errors/action-error.js';
import { asList, asOptionalList, asRecord, number, text, textMap } from '../runtime/json.js';
import type { Az } from './az.js';
import { showCluster } from './cluster-commands.js';
import { parseCluster } from './cluster.js';
import type { AzCommand, ClusterRef, GroupRef } from './commands.js';
import {
  deleteMachine,
  listInstances,
  type MachineRef,
  restartMachine,
  showPool,
  showPower,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
  updatePoolBounds,
} from './machine-commands.js';
import { pollUntil } from './polling.js';
import { manager, readTag, type Tags } from './tags.js';

interface Bounds {
  readonly minCount: number;
  readonly maxCount: number;
}

interface MachinePool {
  readonly name: string;
  readonly count: number;
  readonly bounds: Bounds | undefined;
  readonly formerBounds: Bounds | undefined;
}

/** Operations on the machines of a cluster for experiments. */
export interface AzureMachines {
  findByNode(scaleSet: string, node: string): Promise<MachineRef | undefined>;
  powerState(machine: MachineRef): Promise<string>;
  powerOff(machine: MachineRef): Promise<void>;
  start(machine: MachineRef, options?: { readonly wait: boolean }): Promise<void>;
  restart(machine: MachineRef): Promise<void>;
  stopKubelet(machine: MachineRef, seconds: number): Promise<void>;
  startKubelet(machine: MachineRef): Promise<void>;
  pool(name: string): Promise<MachinePool>;
  settledPool(name: string, timeoutMs: number): Promise<MachinePool | undefined>;
  deleteMachine(pool: string, node: string): Promise<void>;
  raisePoolBounds(pool: string, bounds: Bounds): Promise<void>;
  restorePoolBounds(pool: string): Promise<void>;
  withSignal(signal: AbortSignal): AzureMachines;
}

/** The tag of a pool that stores its bounds from before an experiment, such as `1-5`. */
export const formerBoundsTag = `${manager}-former-bounds`;

/**
 * Returns the operations on the machines of a cluster. The node resource group is read from Azure once.
 * @throws what `Az` throws; `unsupported-here` when the subscription denies changes of machines, `machine-foreign` for
 * a machine outside the node resource group of the cluster.
 */
export function openMachines(az: Az, ref: ClusterRef, known?: { group?: Promise<GroupRef> }): AzureMachines {
  const shared = known ?? {};
  const run = async (command: AzCommand): Promise<void> => {
    try {
      await az.run(command);
    } catch (error) {
      throw explainPolicy(error);
    }
  };
  const nodeGroup = (): Promise<GroupRef> => {
    shared.group ??= az.read(showCluster(ref), parseCluster).then(
      ({ subscriptionId, nodeResourceGroup }) => ({ subscriptionId, resourceGroup: nodeResourceGroup }),
      (error: unknown) => {
        delete shared.group;
        throw error;
      },
    );
    return shared.group;
  };
  const checked = async (machine: MachineRef): Promise<MachineRef> => {
    expectInGroup(machine, await nodeGroup());
    return machine;
  };
  const readPool = (name: string): Promise<TaggedPool> => az.read(showPool(ref, name), parsePool);
  return {
    findByNode: async (scaleSet, node) => {
      const group = await nodeGroup();
      const instances = (await az.find(listInstances(group, scaleSet), asList)) ?? [];
      const found = instances.find(({ computerName }) => text(computerName).toLowerCase() === node.toLowerCase());
      return found && { ...group, scaleSet, instanceId: text(found['instanceId']) };
    },
    powerState: async machine => (await az.find(showPower(await checked(machine)), readPower)) ?? 'deleted',
    powerOff: async machine => run(stopMachine(await checked(machine))),
    start: async (machine, options = { wait: true }) => run(startMachine(await checked(machine), options)),
    restart: async machine => run(restartMachine(await checked(machine))),
    stopKubelet: async (machine, seconds) => run(stopKubelet(await checked(machine), seconds)),
    startKubelet: async machine => run(startKubelet(await checked(machine))),
    pool: readPool,
    settledPool: async (name, timeoutMs) => {
      const settled = await pollUntil(az, {
        look: async () => {
          const pool = await az.find(showPool(ref, name), parsePool);
          return pool === undefined || pool.isSettled ? { pool } : undefined;
        },
        deadlineMs: az.clock.now() + timeoutMs,
        onDeadline: last =>
          new ActionError('azure-busy', `An operation on node pool ${name} is still in progress.`, {
            evidence: last?.message ?? '',
          }),
      });
      return settled.pool;
    },
    deleteMachine: (pool, node) => run(deleteMachine(ref, pool, node)),
    raisePoolBounds: async (name, bounds) => {
      const { bounds: former, formerBounds, tags } = await readPool(name);
      const original = formerBounds ?? former ?? bounds;
      const tag = { [formerBoundsTag]: `${original.minCount}-${original.maxCount}` };
      await run(updatePoolBounds(ref, name, bounds, { ...withoutFormerBounds(tags), ...tag }));
    },
    restorePoolBounds: async name => {
      const { formerBounds, tags } = await readPool(name);
      if (formerBounds !== undefined) await run(updatePoolBounds(ref, name, formerBounds, withoutFormerBounds(tags)));
    },
    withSignal: signal => openMachines(az.withSignal(signal), ref, shared),
  };
}

/**
 * Checks the location of a machine: a providerID is not trusted, because anyone who can write Nodes can set it. @throws
 * ActionError `machine-foreign`.
 */
function expectInGroup({ subscriptionId, resourceGroup, scaleSet, instanceId }: MachineRef, group: GroupRef): void {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (same(subscriptionId, group.subscriptionId) && same(resourceGroup, group.resourceGroup)) return;
  const where = JSON.stringify(`${subscriptionId}/${resourceGroup}`);
  const message = `Instance ${instanceId} of scale set ${scaleSet} is in ${where}, but the nodes of this cluster are in resource group ${group.resourceGroup} of subscription ${group.subscriptionId}, so it was not changed.`;
  throw new ActionError('machine-foreign', message);
}

/**
 * Returns a power state such as `running`; see "States and billing status of Azure Virtual Machines". @throws TypeError
 * without a state.
 */
function readPower(json: unknown): string {
  const codes = asOptionalList(asRecord(json)['statuses']).map(status => text(status['code']));
  const state = codes.find(code => code.startsWith('PowerState/'))?.slice('PowerState/'.length);
  if (state === undefined) throw new TypeError('a power state was expected');
  return state;
}

interface TaggedPool extends MachinePool {
  readonly tags: Tags;
  /** Whether no operation is in progress. */
  readonly isSettled: boolean;
}

function parsePool(json: unknown): TaggedPool {
  const pool = asRecord(json);
  const tags = textMap(pool['tags']);
  const bounds = { minCount: number(pool['minCount']), maxCount: number(pool['maxCount']) };
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(readTag(tags, formerBoundsTag)) ?? [];
  return {
    name: text(pool['name']),
    count: number(pool['count']),
    bounds: pool['enableAutoScaling'] === true ? bounds : undefined,
    formerBounds: min === undefined || max === undefined ? undefined : { minCount: Number(min), maxCount: Number(max) },
    isSettled: ['Succeeded', 'Failed', 'Canceled'].includes(text(pool['provisioningState'])),
    tags,
  };
}

function withoutFormerBounds(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.toLowerCase() !== formerBoundsTag));
}

/**
 * Converts a policy error: node resource group lockdown denies changes even to the owner; see "Node resource group
 * lockdown" in the AKS documentation.
 */
function explainPolicy(error: unknown): unknown {
  if (!hasCode(error, 'azure-policy')) return error;
  return new ActionError('unsupported-here', error.message, { evidence: error.evidence, cause: error });
}
