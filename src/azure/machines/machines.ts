import { ActionError, hasCode } from '../../errors/action-error.js';
import { asOptionalList, asRecord, number, text, textMap } from '../../runtime/json.js';
import type { Fence } from '../../runtime/ports.js';
import { shareWork } from '../../runtime/shared-work.js';
import { unlessAbsent } from '../arm/call-errors.js';
import type { AzureClient } from '../arm/client.js';
import { findTwice, pollUntil } from '../arm/polling.js';
import type { ArmRequest } from '../arm/request.js';
import { whileUnchanged } from '../arm/unchanged.js';
import { readCluster } from '../cluster/cluster-requests.js';
import { parseCluster } from '../cluster/cluster.js';
import { manager, readTag, type Tags } from '../ownership/tags.js';
import type { ClusterRef, GroupRef } from '../ref.js';
import {
  deleteMachine,
  listInstances,
  type MachineRef,
  readPool,
  readPower,
  restartMachine,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
  updatePoolBounds,
} from './machine-requests.js';

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
  describeOperation(): Promise<string | undefined>;
  pool(name: string): Promise<MachinePool>;
  settledPool(name: string, timeoutMs: number): Promise<MachinePool | undefined>;
  deleteMachine(pool: string, node: string): Promise<void>;
  raisePoolBounds(pool: string, bounds: Bounds): Promise<void>;
  restorePoolBounds(pool: string): Promise<void>;
  withSignal(signal: AbortSignal): AzureMachines;
  withFence(fence: Fence): AzureMachines;
  withAcceptance(onAccepted: () => void): AzureMachines;
}

/** The tag of a pool that stores its bounds from before an experiment, such as `1-5`. */
export const formerBoundsTag = `${manager}-former-bounds`;

/**
 * Returns the operations on the machines of a cluster. The node resource group is read from Azure once.
 * @throws what `AzureClient` throws; `unsupported-here` when the subscription denies changes of machines,
 * `machine-foreign` for a machine outside the node resource group of the cluster, `experiment-skipped` when Azure is too
 * busy for a fault.
 */
export function openMachines(
  azure: AzureClient,
  ref: ClusterRef,
  nodeGroup = nodeGroupReader(azure, ref),
  onAccepted: () => void = () => undefined,
): AzureMachines {
  const explained = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw explainPolicy(error);
    }
  };
  const checked = async (machine: MachineRef): Promise<MachineRef> => {
    expectInGroup(machine, await nodeGroup(azure.signal));
    return machine;
  };
  /** Sends the request of a fault: when Azure is busy, a later one would meet another state of the cluster. */
  const inject = (request: ArmRequest): Promise<void> => {
    const begun = azure.begin(request).catch((error: unknown) => {
      throw explainBusy(error);
    });
    return explained(
      begun.then(operation => {
        onAccepted();
        return operation.ended();
      }),
    );
  };
  const poolOf = (name: string): Promise<TaggedPool> => azure.read(readPool(ref, name), parsePool);
  return {
    findByNode: async (scaleSet, node) => {
      const group = await nodeGroup(azure.signal);
      const found = await findTwice(azure, async () => {
        const instances = await instancesOf(azure, group, scaleSet);
        return instances.find(({ computerName }) => computerName.toLowerCase() === node.toLowerCase());
      });
      return found && { ...group, scaleSet, instanceId: found.instanceId };
    },
    powerState: async machine => {
      const request = readPower(await checked(machine));
      return (await findTwice(azure, () => azure.find(request, parsePower))) ?? 'deleted';
    },
    powerOff: async machine => inject(stopMachine(await checked(machine))),
    start: async (machine, options = { wait: true }) => {
      const request = startMachine(await checked(machine), options);
      await explained(options.wait ? azure.complete(request) : azure.begin(request));
    },
    restart: async machine => inject(restartMachine(await checked(machine))),
    stopKubelet: async (machine, seconds) => inject(stopKubelet(await checked(machine), seconds)),
    startKubelet: async machine => explained(azure.complete(startKubelet(await checked(machine)))),
    describeOperation: async () => {
      const { state, pools } = await azure.read(readCluster(ref), parseCluster);
      const busy = pools.find(pool => pool.state !== 'Succeeded');
      if (state !== 'Succeeded') return `cluster ${ref.clusterName} is ${state || 'in an unknown state'}`;
      return busy && `node pool ${busy.name} is ${busy.state || 'in an unknown state'}`;
    },
    pool: poolOf,
    settledPool: async (name, timeoutMs) => {
      const settled = await pollUntil(azure, {
        look: async () => {
          const pool = await findTwice(azure, () => azure.find(readPool(ref, name), parsePool));
          return pool === undefined || pool.isSettled ? { pool } : undefined;
        },
        deadlineMs: azure.clock.now() + timeoutMs,
        onDeadline: last =>
          new ActionError('azure-busy', `An operation on node pool ${name} is still in progress.`, {
            evidence: last?.message ?? '',
          }),
      });
      return settled.pool;
    },
    deleteMachine: (pool, node) => inject(deleteMachine(ref, pool, node)),
    raisePoolBounds: (name, bounds) =>
      explained(
        whileUnchanged(
          () => poolOf(name),
          ({ bounds: former, formerBounds, tags }, etag) => {
            const original = formerBounds ?? former ?? bounds;
            const tag = { [formerBoundsTag]: `${original.minCount}-${original.maxCount}` };
            return azure.run(updatePoolBounds(ref, name, bounds, { ...withoutFormerBounds(tags), ...tag }, etag));
          },
        ),
      ),
    restorePoolBounds: name =>
      explained(
        whileUnchanged(
          () => poolOf(name),
          async ({ formerBounds, tags }, etag) => {
            if (formerBounds === undefined) return;
            await azure.run(updatePoolBounds(ref, name, formerBounds, withoutFormerBounds(tags), etag));
          },
        ),
      ),
    withSignal: signal => openMachines(azure.withSignal(signal), ref, nodeGroup, onAccepted),
    withFence: fence => openMachines(azure.withFence(fence), ref, nodeGroup, onAccepted),
    withAcceptance: accepted => openMachines(azure, ref, nodeGroup, accepted),
  };
}

/** Returns a function that reads the node resource group of a cluster once. */
function nodeGroupReader(azure: AzureClient, ref: ClusterRef): (signal: AbortSignal) => Promise<GroupRef> {
  let known: GroupRef | undefined;
  const readOnce = shareWork(async signal => {
    const { subscriptionId, nodeResourceGroup } = await azure.withSignal(signal).read(readCluster(ref), parseCluster);
    return { subscriptionId, resourceGroup: nodeResourceGroup };
  });
  return async signal => {
    known ??= await readOnce(signal);
    return known;
  };
}

/** Returns the instances of a scale set; none if it does not exist. */
async function instancesOf(
  azure: AzureClient,
  group: GroupRef,
  scaleSet: string,
): Promise<readonly { readonly instanceId: string; readonly computerName: string }[]> {
  const instances = azure.list(listInstances(group, scaleSet), json => {
    const { instanceId, properties } = asRecord(json);
    const computerName = text(asRecord(asRecord(properties)['osProfile'])['computerName']);
    return { instanceId: text(instanceId), computerName };
  });
  return (await unlessAbsent(instances)) ?? [];
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
 * Returns a power state such as `running`; see "States and billing status of Azure Virtual Machines". A machine that is
 * being updated may have none.
 */
function parsePower(json: unknown): string {
  const codes = asOptionalList(asRecord(json)['statuses']).map(status => text(status['code']));
  return codes.find(code => code.startsWith('PowerState/'))?.slice('PowerState/'.length) ?? 'unknown';
}

interface TaggedPool extends MachinePool {
  readonly tags: Tags;
  /** Changes with every update. */
  readonly etag: string;
  /** Whether no operation is in progress. */
  readonly isSettled: boolean;
}

function parsePool(json: unknown): TaggedPool {
  const resource = asRecord(json);
  const pool = asRecord(resource['properties']);
  const tags = textMap(pool['tags']);
  const bounds = { minCount: number(pool['minCount']), maxCount: number(pool['maxCount']) };
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(readTag(tags, formerBoundsTag)) ?? [];
  return {
    name: text(resource['name']),
    count: number(pool['count']),
    bounds: pool['enableAutoScaling'] === true ? bounds : undefined,
    formerBounds: min === undefined || max === undefined ? undefined : { minCount: Number(min), maxCount: Number(max) },
    isSettled: ['Succeeded', 'Failed', 'Canceled'].includes(text(pool['provisioningState'])),
    tags,
    etag: text(pool['eTag']),
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

/** Converts the refusal of a fault by an Azure that is busy. It is certain: no try of the request was accepted. */
function explainBusy(error: unknown): unknown {
  if (!hasCode(error, 'azure-busy')) return error;
  const message = `Azure is busy, and a fault does not wait. ${error.message}`;
  return new ActionError('experiment-skipped', message, { evidence: error.evidence, cause: error });
}
