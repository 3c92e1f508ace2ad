import { keyOf, scaleSetType } from './names.js';
import type { ScaleSet, VirtualMachine } from './state.js';

/** Returns a scale set as Compute shows it. */
export function scaleSetBody(scaleSet: ScaleSet): unknown {
  const { id, name, location, tags, pool, instances, osDiskType } = scaleSet;
  const osDisk =
    osDiskType === 'Ephemeral'
      ? { diffDiskSettings: { option: 'Local' } }
      : { managedDisk: { storageAccountType: 'Premium_LRS' } };
  return {
    id,
    name,
    type: scaleSetType,
    location,
    tags,
    sku: { name: pool.vmSize, tier: 'Standard', capacity: instances.length },
    ...(pool.zones.length > 0 && { zones: pool.zones }),
    properties: {
      provisioningState: 'Succeeded',
      orchestrationMode: 'Uniform',
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: name, adminUsername: 'azureuser' },
        storageProfile: { osDisk: { createOption: 'FromImage', ...osDisk } },
      },
    },
  };
}

/** Returns a machine of a scale set, with its instance view if asked for. */
export function machineBody(scaleSet: ScaleSet, machine: VirtualMachine, view: boolean): unknown {
  const { id, computerName, zone, provisioningState } = machine;
  return {
    id: `${scaleSet.id}/virtualMachines/${id}`,
    name: `${scaleSet.name}_${id}`,
    instanceId: String(id),
    type: `${scaleSetType}/virtualMachines`,
    location: scaleSet.location,
    tags: scaleSet.tags,
    sku: { name: scaleSet.pool.vmSize, tier: 'Standard' },
    ...(zone && { zones: [zone] }),
    properties: {
      latestModelApplied: true,
      provisioningState,
      osProfile: { computerName, adminUsername: 'azureuser' },
      ...(view && { instanceView: instanceView(scaleSet, machine) }),
    },
  };
}

/** Returns the instance view of a machine, with the fields of the recorded tests of the Azure CLI. */
export function instanceView(scaleSet: ScaleSet, machine: VirtualMachine): unknown {
  const { id, computerName, power, provisioningState } = machine;
  const state = keyOf(provisioningState);
  const time = new Date().toISOString().replace('Z', '+00:00');
  const status = (code: string, displayStatus: string) => ({ code, level: 'Info', displayStatus });
  const succeeded = 'ProvisioningState/succeeded';
  return {
    placementGroupId: '00000000-0000-0000-0000-000000000000',
    platformUpdateDomain: id % 5,
    platformFaultDomain: id % 5,
    computerName,
    osName: 'ubuntu',
    osVersion: '24.04',
    vmAgent: {
      vmAgentVersion: '2.2.40',
      statuses: [{ ...status(succeeded, 'Ready'), message: 'Guest Agent is running', time }],
      extensionHandlers: [],
    },
    disks: [
      {
        name: `${scaleSet.name}_${scaleSet.name}_${id}_OsDisk_1`,
        statuses: [{ ...status(succeeded, 'Provisioning succeeded'), time }],
      },
    ],
    hyperVGeneration: 'V2',
    statuses: [
      { ...status(`ProvisioningState/${state}`, `Provisioning ${state}`), time },
      status(`PowerState/${power}`, `VM ${power}`),
    ],
  };
}
