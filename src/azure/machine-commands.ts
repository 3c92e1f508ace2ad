import { identifier } from '../runtime/identifiers.js';
import { type AzCommand, azCommand, type ClusterRef, type GroupRef, inSubscription, tagArguments } from './commands.js';
import type { Tags } from './tags.js';

/** One instance of a scale set. */
export interface MachineRef {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  readonly instanceId: string;
}

/** Azure responds when the machine has reached the state, which can take some minutes. */
const powerTimeoutMs = 10 * 60_000;
const poolTimeoutMs = 15 * 60_000;

/** Returns the flags that select a scale set. */
function ofScaleSet({ subscriptionId, resourceGroup }: GroupRef, scaleSet: string): readonly string[] {
  const group = identifier('resource group', resourceGroup);
  return ['--resource-group', group, '--name', identifier('scale set', scaleSet), ...inSubscription(subscriptionId)];
}

/** Returns the flags that select one machine; without an instance id, az acts on the whole scale set. */
function ofMachine(machine: MachineRef, flag: '--instance-id' | '--instance-ids'): readonly string[] {
  return [...ofScaleSet(machine, machine.scaleSet), flag, identifier('instance id', machine.instanceId)];
}

function nameOf({ scaleSet, instanceId }: MachineRef): string {
  return `instance ${instanceId} of scale set ${scaleSet}`;
}

export function showPower(machine: MachineRef): AzCommand {
  const words = ['vmss', 'get-instance-view', ...ofMachine(machine, '--instance-id')];
  return azCommand(`read the power state of ${nameOf(machine)}`, 'read', ...words);
}

/** Lists the instances of a scale set with their computer names, which are the node names. */
export function listInstances(group: GroupRef, scaleSet: string): AzCommand {
  const query = ['--query', '[].{instanceId:instanceId,computerName:osProfile.computerName}'];
  const words = ['vmss', 'list-instances', ...ofScaleSet(group, scaleSet), ...query];
  return azCommand(`list the instances of scale set ${scaleSet}`, 'read', ...words);
}

/** Powers off without shutdown, like a power failure; the machine stays allocated. */
export function stopMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'stop', ...ofMachine(machine, '--instance-ids'), '--skip-shutdown'];
  return { ...azCommand(`power off ${nameOf(machine)}`, 'idempotent', ...words), timeoutMs: powerTimeoutMs };
}

export function startMachine(machine: MachineRef, { wait }: { readonly wait: boolean }): AzCommand {
  const words = ['vmss', 'start', ...ofMachine(machine, '--instance-ids')];
  const command = azCommand(`start ${nameOf(machine)}`, 'idempotent', ...words, ...(wait ? [] : ['--no-wait']));
  return { ...command, timeoutMs: powerTimeoutMs };
}

/** Not repeated after a lost response: a second reboot would be a second fault. */
export function restartMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'restart', ...ofMachine(machine, '--instance-ids')];
  return { ...azCommand(`reboot ${nameOf(machine)}`, 'guarded', ...words), timeoutMs: powerTimeoutMs };
}

/** Stops the kubelet. The timer that restarts it is set first, so that it works even if this process dies. */
export function stopKubelet(machine: MachineRef, seconds: number): AzCommand {
  const timer = `systemd-run --on-active=${Math.ceil(seconds)}s systemctl start kubelet`;
  return runScript(machine, `stop the kubelet of ${nameOf(machine)}`, 'guarded', `${timer} && systemctl stop kubelet`);
}

export function startKubelet(machine: MachineRef): AzCommand {
  return runScript(machine, `start the kubelet of ${nameOf(machine)}`, 'idempotent', 'systemctl start kubelet');
}

function runScript(machine: MachineRef, why: string, effect: AzCommand['effect'], script: string): AzCommand {
  const words = ['vmss', 'run-command', 'invoke', ...ofMachine(machine, '--instance-id')];
  const command = azCommand(why, effect, ...words, '--command-id', 'RunShellScript', '--scripts', script);
  return { ...command, timeoutMs: powerTimeoutMs };
}

function ofPool({ resourceGroup, clusterName, subscriptionId }: ClusterRef, pool: string): readonly string[] {
  const [group, cluster] = [identifier('resource group', resourceGroup), identifier('cluster name', clusterName)];
  const place = [
    '--resource-group',
    group,
    '--cluster-name',
    cluster,
    '--nodepool-name',
    identifier('node pool', pool),
  ];
  return [...place, ...inSubscription(subscriptionId)];
}

export function showPool(ref: ClusterRef, pool: string): AzCommand {
  return azCommand(`read node pool ${pool}`, 'read', 'aks', 'nodepool', 'show', ...ofPool(ref, pool));
}

/**
 * Updates the bounds of the autoscaler and the tags of the pool in one request; an autoscaled pool is never scaled
 * manually. The tags replace all existing ones; an empty argument removes all tags.
 */
export function updatePoolBounds(
  ref: ClusterRef,
  pool: string,
  { minCount, maxCount }: { readonly minCount: number; readonly maxCount: number },
  tags: Tags,
): AzCommand {
  const bounds = ['--update-cluster-autoscaler', '--min-count', String(minCount), '--max-count', String(maxCount)];
  const words = tagArguments(tags);
  const command = azCommand(
    `set the bounds of node pool ${pool} to ${minCount} to ${maxCount} nodes`,
    'idempotent',
    ...['aks', 'nodepool', 'update', ...ofPool(ref, pool), ...bounds, '--tags', ...(words.length > 0 ? words : [''])],
  );
  return { ...command, timeoutMs: poolTimeoutMs };
}

/** Deletes a machine without draining it; the autoscaler restores the minimum of the pool. */
export function deleteMachine(ref: ClusterRef, pool: string, node: string): AzCommand {
  const words = [
    'aks',
    'nodepool',
    'delete-machines',
    ...ofPool(ref, pool),
    '--machine-names',
    identifier('node name', node),
  ];
  return {
    ...azCommand(`delete machine ${node} of node pool ${pool}`, 'idempotent', ...words),
    timeoutMs: poolTimeoutMs,
  };
}
