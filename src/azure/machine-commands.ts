import type { AzCommand, ClusterRef } from './commands.js';
import { azCommand, inSubscription } from './commands.js';

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

/**
 * The flags that name one machine. Without an instance az acts on the whole scale set, so anything but one decimal number
 * is a defect of ours. @throws Error.
 */
function ofMachine({ subscriptionId, resourceGroup, scaleSet, instanceId }: MachineRef): readonly string[] {
  if (!/^\d+$/.test(instanceId)) throw new Error(`"${instanceId}" is no instance of scale set ${scaleSet}`);
  return ['--resource-group', resourceGroup, '--name', scaleSet, ...inSubscription(subscriptionId)];
}

function nameOf({ scaleSet, instanceId }: MachineRef): string {
  return `instance ${instanceId} of scale set ${scaleSet}`;
}

export function showPower(machine: MachineRef): AzCommand {
  const words = ['vmss', 'get-instance-view', ...ofMachine(machine), '--instance-id', machine.instanceId];
  return azCommand(`read the power state of ${nameOf(machine)}`, 'read', ...words);
}

/** Cuts the power as a failure would: the machine is not shut down first, and stays allocated. */
export function stopMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'stop', ...ofMachine(machine), '--instance-ids', machine.instanceId, '--skip-shutdown'];
  return { ...azCommand(`cut the power of ${nameOf(machine)}`, 'idempotent', ...words), timeoutMs: powerTimeoutMs };
}

export function startMachine(machine: MachineRef, { wait }: { readonly wait: boolean }): AzCommand {
  const words = ['vmss', 'start', ...ofMachine(machine), '--instance-ids', machine.instanceId];
  const command = azCommand(`start ${nameOf(machine)}`, 'idempotent', ...words, ...(wait ? [] : ['--no-wait']));
  return { ...command, timeoutMs: powerTimeoutMs };
}

/** Not repeated after a lost answer: a second reboot would be a second fault. */
export function restartMachine(machine: MachineRef): AzCommand {
  const words = ['vmss', 'restart', ...ofMachine(machine), '--instance-ids', machine.instanceId];
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
  const words = ['vmss', 'run-command', 'invoke', ...ofMachine(machine), '--instance-id', machine.instanceId];
  const command = azCommand(why, effect, ...words, '--command-id', 'RunShellScript', '--scripts', script);
  return { ...command, timeoutMs: powerTimeoutMs };
}

function ofPool({ resourceGroup, clusterName, subscriptionId }: ClusterRef, pool: string): readonly string[] {
  const cluster = ['--resource-group', resourceGroup, '--cluster-name', clusterName];
  return [...cluster, '--nodepool-name', pool, ...inSubscription(subscriptionId)];
}

export function showPool(ref: ClusterRef, pool: string): AzCommand {
  return azCommand(`read node pool ${pool}`, 'read', 'aks', 'nodepool', 'show', ...ofPool(ref, pool));
}

/** Moves the bounds of the autoscaler; an autoscaled pool is never scaled by hand. */
export function updatePoolBounds(ref: ClusterRef, pool: string, minCount: number, maxCount: number): AzCommand {
  const bounds = ['--update-cluster-autoscaler', '--min-count', String(minCount), '--max-count', String(maxCount)];
  const words = ['aks', 'nodepool', 'update', ...ofPool(ref, pool), ...bounds];
  const command = azCommand(`let node pool ${pool} have ${minCount} to ${maxCount} nodes`, 'idempotent', ...words);
  return { ...command, timeoutMs: poolTimeoutMs };
}

/** Deletes a machine without draining it; the autoscaler refills the pool to its minimum. */
export function deleteMachine(ref: ClusterRef, pool: string, node: string): AzCommand {
  const words = ['aks', 'nodepool', 'delete-machines', ...ofPool(ref, pool), '--machine-names', node];
  return {
    ...azCommand(`delete machine ${node} of node pool ${pool}`, 'idempotent', ...words),
    timeoutMs: poolTimeoutMs,
  };
}
