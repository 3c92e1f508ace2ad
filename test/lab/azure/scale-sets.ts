import { accepted, type Arm } from './arm.js';
import { type Answer, ArmError, type ArmRequest, list, ok, textsAt } from './messages.js';
import { keyOf, sameName, scaleSetType } from './names.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { type PowerState, requireGroup, requireScaleSet, type ScaleSet, type VirtualMachine } from './state.js';

const scaleSetPath = `${groupPath}/providers/Microsoft.Compute/virtualMachineScaleSets/{scaleSet}` as const;
const machinePath = `${scaleSetPath}/virtualMachines/{instance}` as const;

/** The power states of a machine during and after each verb. */
const powerVerbs = {
  poweroff: { during: 'stopping', after: 'stopped' },
  deallocate: { during: 'deallocating', after: 'deallocated' },
  start: { during: 'starting', after: 'running' },
  restart: { during: 'running', after: 'running' },
} as const satisfies Record<string, { during: PowerState; after: PowerState }>;
type PowerVerb = keyof typeof powerVerbs;

/** Scale sets and their machines: list, show, instance view, power. */
export function scaleSetRoutes(arm: Arm): readonly Route[] {
  const { state } = arm;
  const all = (): readonly ScaleSet[] => [...state.scaleSets.values()];
  const find = (params: Readonly<Record<'group' | 'scaleSet', string>>) =>
    requireScaleSet(state, params.group, params.scaleSet);
  const withView = (query: URLSearchParams): boolean => /instanceview/i.test(query.get('$expand') ?? '');

  const onMachine = (verb: PowerVerb) =>
    route('POST', `${machinePath}/${verb}`, request => {
      const scaleSet = find(request.params);
      return changePower(arm, request, scaleSet, [requireMachine(scaleSet, request.params.instance)], verb);
    });
  const onSet = (verb: PowerVerb) =>
    route('POST', `${scaleSetPath}/${verb}`, request => {
      const scaleSet = find(request.params);
      const ids = textsAt(request.json, 'instanceIds');
      // No ids, or an asterisk, mean the complete scale set.
      const machines =
        ids.length === 0 || ids.includes('*') ? scaleSet.instances : ids.map(id => requireMachine(scaleSet, id));
      return changePower(arm, request, scaleSet, machines, verb);
    });

  return [
    route('GET', `${subscriptionPath}/providers/${scaleSetType}`, () => list(all().map(scaleSetBody))),
    route('GET', `${groupPath}/providers/${scaleSetType}`, ({ params }) => {
      requireGroup(state, params.group);
      return list(
        all()
          .filter(({ group }) => sameName(group, params.group))
          .map(scaleSetBody),
      );
    }),
    route('GET', scaleSetPath, ({ params }) => ok(scaleSetBody(find(params)))),
    route('GET', `${scaleSetPath}/virtualMachines`, ({ params, query }) => {
      const scaleSet = find(params);
      return list(scaleSet.instances.map(machine => machineBody(scaleSet, machine, withView(query))));
    }),
    route('GET', machinePath, ({ params, query }) => {
      const scaleSet = find(params);
      return ok(machineBody(scaleSet, requireMachine(scaleSet, params.instance), withView(query)));
    }),
    route('GET', `${machinePath}/instanceView`, ({ params }) =>
      ok(instanceView(requireMachine(find(params), params.instance))),
    ),
    route('POST', `${machinePath}/runCommand`, request => {
      const scaleSet = find(request.params);
      return runScript(arm, request, scaleSet, requireMachine(scaleSet, request.params.instance));
    }),
    ...(Object.keys(powerVerbs) as PowerVerb[]).flatMap(verb => [onMachine(verb), onSet(verb)]),
  ];
}

function scaleSetBody(scaleSet: ScaleSet): unknown {
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

function machineBody(scaleSet: ScaleSet, machine: VirtualMachine, view: boolean): unknown {
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
      ...(view && { instanceView: instanceView(machine) }),
    },
  };
}

function instanceView({ power, provisioningState }: VirtualMachine): unknown {
  const status = (code: string, displayStatus: string) => ({ code, level: 'Info', displayStatus });
  return {
    statuses: [
      status(`ProvisioningState/${keyOf(provisioningState)}`, `Provisioning ${keyOf(provisioningState)}`),
      status(`PowerState/${power}`, `VM ${power}`),
    ],
  };
}

function requireMachine(scaleSet: ScaleSet, id: string): VirtualMachine {
  const machine = scaleSet.instances.find(candidate => String(candidate.id) === id);
  if (machine) return machine;
  const message = `The provided instanceId ${id} is not an active Virtual Machine Scale Set VM instanceId.`;
  throw new ArmError(400, 'InvalidParameter', message);
}

/** Powers machines on or off through the host, one by one. */
function changePower(
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

/** Runs a script on a machine, if it only concerns the kubelet: the nodes of the lab have no shell. */
function runScript(arm: Arm, request: ArmRequest, scaleSet: ScaleSet, machine: VirtualMachine): Answer {
  const script = textsAt(request.json, 'script').join('\n');
  const [, seconds] =
    /^systemd-run --on-active=(\d+)s systemctl start kubelet && systemctl stop kubelet$/.exec(script) ?? [];
  if (seconds === undefined && script !== 'systemctl start kubelet') {
    throw new ArmError(400, 'InvalidParameter', `The machines of the lab do not know how to run: ${script}`);
  }
  const { clusterId, pool } = scaleSet;
  const operation = arm.operations.start({
    resourceId: scaleSet.id,
    action: `${scaleSetType}/virtualMachines/runCommand/action`,
    trouble: request.trouble,
    effect: async () => {
      if (seconds === undefined) await arm.host.startKubelet(clusterId, pool.scaleSet, machine.id);
      else await arm.host.stopKubelet(clusterId, pool.scaleSet, machine.id, Number(seconds));
    },
    result: {
      value: [{ code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' }],
    },
    settle: () => undefined,
  });
  return accepted(arm, request, operation, {
    namespace: 'Microsoft.Compute',
    location: scaleSet.location,
    status: 202,
  });
}
