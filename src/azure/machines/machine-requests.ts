import { identifier } from '../../runtime/identifiers.js';
import { apiVersions } from '../arm/api-versions.js';
import { armRead, type ArmRequest, armWrite } from '../arm/request.js';
import { type AzCommand, azCommand, replacingTags } from '../cli/az-commands.js';
import { clusterPath } from '../cluster/cluster-requests.js';
import { groupPath, inGroup } from '../cluster/group-requests.js';
import type { Tags } from '../ownership/tags.js';
import type { ClusterRef, GroupRef } from '../ref.js';

/** One instance of a scale set. */
export interface MachineRef {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  readonly instanceId: string;
}

const apiVersion = apiVersions.scaleSets;
const poolMs = 15 * 60_000;

function scaleSetPath(group: GroupRef, scaleSet: string): string {
  return `${groupPath(group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${identifier('scale set', scaleSet)}`;
}

function machinePath({ scaleSet, instanceId, ...group }: MachineRef): string {
  return `${scaleSetPath(group, scaleSet)}/virtualMachines/${identifier('instance id', instanceId)}`;
}

/** Returns the flags that select one machine; without an instance id, az acts on the whole scale set. */
function ofMachine({ scaleSet, instanceId, ...group }: MachineRef, flag = '--instance-ids'): readonly string[] {
  const place = [...inGroup(group), '--name', identifier('scale set', scaleSet)];
  return [...place, flag, identifier('instance id', instanceId)];
}

function nameOf({ scaleSet, instanceId }: MachineRef): string {
  return `instance ${instanceId} of scale set ${scaleSet}`;
}

export function readPower(machine: MachineRef): ArmRequest {
  const why = `read the power state of ${nameOf(machine)}`;
  return armRead(why, machine.subscriptionId, `${machinePath(machine)}/instanceView`, apiVersion);
}

/** Lists the instances of a scale set with their computer names, which are the node names. */
export function listInstances(group: GroupRef, scaleSet: string): ArmRequest {
  const why = `list the instances of scale set ${scaleSet}`;
  return armRead(why, group.subscriptionId, `${scaleSetPath(group, scaleSet)}/virtualMachines`, apiVersion);
}

/**
 * Powers off without shutdown, like a power failure; the machine stays allocated. Guarded like all faults: one that is
 * repeated is late, and may be a second one.
 */
export function stopMachine(machine: MachineRef): ArmRequest {
  const equivalent = ['vmss', 'stop', ...ofMachine(machine), '--skip-shutdown'];
  const request = { why: `power off ${nameOf(machine)}`, effect: 'guarded', equivalent } as const;
  return { ...onMachine(machine, 'poweroff', request), query: { skipShutdown: 'true' } };
}

export function startMachine(machine: MachineRef, { wait } = { wait: true }): ArmRequest {
  const equivalent = ['vmss', 'start', ...ofMachine(machine), ...(wait ? [] : ['--no-wait'])];
  return onMachine(machine, 'start', { why: `start ${nameOf(machine)}`, effect: 'idempotent', equivalent });
}

export function restartMachine(machine: MachineRef): ArmRequest {
  const equivalent = ['vmss', 'restart', ...ofMachine(machine)];
  return onMachine(machine, 'restart', { why: `reboot ${nameOf(machine)}`, effect: 'guarded', equivalent });
}

/** An action of the scale set on one of its machines ("Virtual Machine Scale Sets - Power Off" and its neighbours). */
function onMachine(
  { scaleSet, instanceId, ...group }: MachineRef,
  action: string,
  request: Pick<ArmRequest, 'why' | 'effect'> & { readonly equivalent: readonly string[] },
): ArmRequest {
  const path = `${scaleSetPath(group, scaleSet)}/${action}`;
  const body = { instanceIds: [identifier('instance id', instanceId)] };
  return armWrite('POST', { ...request, subscriptionId: group.subscriptionId, path, apiVersion, body });
}

/** Stops the kubelet. The timer that restarts it is set first, so that it works even if this process dies. */
export function stopKubelet(machine: MachineRef, seconds: number): ArmRequest {
  const timer = `systemd-run --on-active=${Math.ceil(seconds)}s systemctl start kubelet`;
  return runScript(machine, `stop the kubelet of ${nameOf(machine)}`, 'guarded', `${timer} && systemctl stop kubelet`);
}

export function startKubelet(machine: MachineRef): ArmRequest {
  return runScript(machine, `start the kubelet of ${nameOf(machine)}`, 'idempotent', 'systemctl start kubelet');
}

function runScript(machine: MachineRef, why: string, effect: ArmRequest['effect'], script: string): ArmRequest {
  const place = ofMachine(machine, '--instance-id');
  return armWrite('POST', {
    why,
    subscriptionId: machine.subscriptionId,
    path: `${machinePath(machine)}/runCommand`,
    apiVersion,
    body: { commandId: 'RunShellScript', script: [script] },
    effect,
    equivalent: ['vmss', 'run-command', 'invoke', ...place, '--command-id', 'RunShellScript', '--scripts', script],
  });
}

function ofPool(ref: ClusterRef, pool: string): readonly string[] {
  const cluster = ['--cluster-name', identifier('cluster name', ref.clusterName)];
  return [...inGroup(ref), ...cluster, '--nodepool-name', identifier('node pool', pool)];
}

function poolPath(ref: ClusterRef, pool: string): string {
  return `${clusterPath(ref)}/agentPools/${identifier('node pool', pool)}`;
}

export function readPool(ref: ClusterRef, pool: string): ArmRequest {
  return armRead(`read node pool ${pool}`, ref.subscriptionId, poolPath(ref, pool), apiVersions.managedClusters);
}

/** Deletes a machine without draining it; the autoscaler restores the minimum of the pool. */
export function deleteMachine(ref: ClusterRef, pool: string, node: string): ArmRequest {
  const name = identifier('node name', node);
  return armWrite('POST', {
    why: `delete machine ${node} of node pool ${pool}`,
    subscriptionId: ref.subscriptionId,
    path: `${poolPath(ref, pool)}/deleteMachines`,
    apiVersion: apiVersions.managedClusters,
    body: { machineNames: [name] },
    effect: 'guarded',
    operationMs: poolMs,
    equivalent: ['aks', 'nodepool', 'delete-machines', ...ofPool(ref, pool), '--machine-names', name],
  });
}

/**
 * Updates the bounds of the autoscaler and the tags of the pool in one request; an autoscaled pool is never scaled
 * manually. az sends the whole pool again, so that an older api-version cannot drop a field of a newer one; with an
 * etag, only if the pool is unchanged. The tags replace all existing ones.
 */
export function updatePoolBounds(
  ref: ClusterRef,
  pool: string,
  { minCount, maxCount }: { readonly minCount: number; readonly maxCount: number },
  tags: Tags,
  etag: string,
): AzCommand {
  const bounds = ['--update-cluster-autoscaler', '--min-count', String(minCount), '--max-count', String(maxCount)];
  const condition = etag === '' ? [] : ['--if-match', identifier('etag', etag)];
  const command = azCommand(
    `set the bounds of node pool ${pool} to ${minCount} to ${maxCount} nodes`,
    'idempotent',
    ...['aks', 'nodepool', 'update', ...ofPool(ref, pool), ...bounds, ...condition],
    ...['--tags', ...replacingTags(tags)],
  );
  return { ...command, timeoutMs: poolMs };
}
