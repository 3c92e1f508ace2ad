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

/** Azure answers when the machine has got there; that takes it up to some minutes. */
const powerTimeoutMs = 10 * 60_000;
const poolTimeoutMs = 15 * 60_000;

/** The flags that name a scale set. */
function ofScaleSet({ subscriptionId, resourceGroup }: GroupRef, scaleSet: string): readonly string[] {
  const group = identifier('resource group', resourceGroup);
  return ['--resource-group', group, '--name', identifier('scale set', scaleSet), ...inSubscription(subscriptionId)];
}

/** The flags that name one machine, its instance after `flag`: without that az acts on the whole scale set. */
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

/** The instances of a scale set, each with the name that its node has. */
export function listInstances(group: GroupRef, scaleSet: string): AzCommand {
  const query = ['--query', '[].{instanceId:instanceId,computerName:osProfile.computerName}'];
  const words = ['vmss', 'list-instances', ...ofScaleSet(group, scaleSet), ...query];
  return azCommand(`list the instances of scale set ${scaleSet}`, 'read', ...words);
}

/** Cuts the power as a failure would: the machine is not shut down first, and stays allocated. */
export function stopMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'stop', ...ofMachine(machine, '--instance-ids'), '--skip-shutdown'];
  return { ...azCommand(`cut the power of ${nameOf(machine)}`, 'idempotent', ...words), timeoutMs: powerTimeoutMs };
}

export function startMachine(machine: MachineRef, { wait }: { readonly wait: boolean }): AzCommand {
  const words = ['vmss', 'start', ...ofMachine(machine, '--instance-ids')];
  const command = azCommand(`start ${nameOf(machine)}`, 'idempotent', ...words, ...(wait ? [] : ['--no-wait']));
  return { ...command, timeoutMs: powerTimeoutMs };
}

/** Not repeated after a lost answer: a second reboot would be a second fault. */
export function restartMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'restart', ...ofMachine(machine, '--instance-ids')];
  return { ...azCommand(`reboot ${nameOf(machine)}`, 'guarded', ...words), timeoutMs: powerTimeoutMs };
}

/** Stops the kubelet. The timer that starts it again is armed before: it works even if nobody is left to do it. */
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
 * Moves the bounds of the autoscaler, and sets the tags of the pool, in one request; an autoscaled pool is never scaled
 * by hand. The tags take the place of all that were there; none at all are written as one empty text.
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
    `let node pool ${pool} have ${minCount} to ${maxCount} nodes`,
    'idempotent',
    ...['aks', 'nodepool', 'update', ...ofPool(ref, pool), ...bounds, '--tags', ...(words.length > 0 ? words : [''])],
  );
  return { ...command, timeoutMs: poolTimeoutMs };
}

/** Deletes a machine without draining it; the autoscaler refills the pool to its minimum. */
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
