import { accepted, type Arm } from './arm.js';
import { type Answer, ArmError, type ArmRequest, textsAt } from './messages.js';
import { scaleSetType } from './names.js';
import type { Operation } from './operations.js';
import type { PowerState, ScaleSet, VirtualMachine } from './state.js';

/** The power states of a machine during and after each verb. */
export const powerVerbs = {
  poweroff: { during: 'stopping', after: 'stopped' },
  deallocate: { during: 'deallocating', after: 'deallocated' },
  start: { during: 'starting', after: 'running' },
  restart: { during: 'running', after: 'running' },
} as const satisfies Record<string, { during: PowerState; after: PowerState }>;
export type PowerVerb = keyof typeof powerVerbs;

/** @throws ArmError 409 when an operation still runs and the settings do not let the next one wait for it. */
function refuseWhenRunning(
  { settings }: Arm,
  operations: readonly (Operation | undefined)[],
  refusal: () => ArmError,
): void {
  if (settings.machineConflicts && operations.some(operation => operation && !operation.outcome)) throw refusal();
}

/** Returns the refusal of a run command while another one runs (Azure/azure-cli, issue 19137). */
export function commandRefusal(): ArmError {
  const message =
    'Run command extension execution is in progress. Please wait for completion before invoking a run command.';
  return new ArmError(409, 'Conflict', message);
}

/** Returns the refusal of a request while another one changes the same machine (microsoft/onefuzz, issue 2124). */
export function concurrentRefusal(): ArmError {
  const message =
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.';
  return new ArmError(409, 'Conflict', message);
}

/** Powers machines on or off through the host, one by one. */
export function changePower(
  arm: Arm,
  request: ArmRequest,
  scaleSet: ScaleSet,
  machines: readonly VirtualMachine[],
  verb: PowerVerb,
): Answer {
  if (verb === 'deallocate' && scaleSet.osDiskType === 'Ephemeral') {
    const message =
      "Operation 'deallocate' is not supported for VMs or VM Scale Set instances using an ephemeral OS disk.";
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  refuseWhenRunning(
    arm,
    machines.map(machine => machine.operation),
    concurrentRefusal,
  );
  const { during, after } = powerVerbs[verb];
  const former = machines.map(({ power }) => power);
  // The power does not change when Azure accepts an operation. The next accepted operation of a machine runs after it.
  for (const machine of machines) machine.provisioningState = 'Updating';
  const before = machines.map(({ operation }) => operation?.settled ?? Promise.resolve());
  const { clusterId, pool } = scaleSet;
  const operation = arm.operations.start({
    resourceId: scaleSet.id,
    action: `${scaleSetType}/${verb}/action`,
    trouble: request.trouble,
    effect: async () => {
      await Promise.all(before);
      for (const machine of machines) machine.power = during;
      for (const { id } of machines) {
        if (verb !== 'start') await arm.host.stopInstance(clusterId, pool.scaleSet, id);
        if (verb === 'start' || verb === 'restart') await arm.host.startInstance(clusterId, pool.scaleSet, id);
      }
    },
    settle: ({ status }) => {
      for (const [index, machine] of machines.entries()) {
        machine.provisioningState = status === 'Succeeded' ? 'Succeeded' : 'Failed';
        machine.power = (status === 'Succeeded' ? after : former[index]) ?? machine.power;
      }
    },
  });
  for (const machine of machines) machine.operation = operation;
  return accepted(arm, request, operation, {
    namespace: 'Microsoft.Compute',
    location: scaleSet.location,
    status: 202,
  });
}

/** Runs a script on a machine. As in Azure, the operation succeeds whatever the exit code of the script is. */
export function runScript(arm: Arm, request: ArmRequest, scaleSet: ScaleSet, machine: VirtualMachine): Answer {
  const script = textsAt(request.json, 'script').join('\n');
  refuseWhenRunning(arm, [machine.command], commandRefusal);
  const { clusterId, pool } = scaleSet;
  let output = '';
  const operation = arm.operations.start({
    resourceId: scaleSet.id,
    action: `${scaleSetType}/virtualMachines/runCommand/action`,
    trouble: request.trouble,
    effect: async () => {
      output = await arm.host.runScript(clusterId, pool.scaleSet, machine.id, script);
    },
    result: () => ({
      value: [
        {
          code: 'ProvisioningState/succeeded',
          level: 'Info',
          displayStatus: 'Provisioning succeeded',
          message: `Enable succeeded: \n[stdout]\n${output}\n[stderr]\n`,
        },
      ],
    }),
    settle: () => undefined,
  });
  machine.command = operation;
  return accepted(arm, request, operation, {
    namespace: 'Microsoft.Compute',
    location: scaleSet.location,
    status: 202,
  });
}
