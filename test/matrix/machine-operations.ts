import type { AzureClient } from '../../src/azure/arm/client.js';
import type { MachineRef } from '../../src/azure/machines/machine-requests.js';
import { type AzureMachines, openMachines } from '../../src/azure/machines/machines.js';
import type { Bench } from './bench.js';
import { defineOperations, type MatrixOperation } from './operation.js';
import { ours, ourScaleSet, placeOurs } from './world.js';

/** The machine that the operations change; the others must stay as they are. */
const targetId = '1';

async function prepare({ azure }: Bench): Promise<void> {
  await placeOurs(azure);
}

/** Returns the machine as a revert finds it when its node is gone. */
async function target(machines: AzureMachines, { azure }: Bench): Promise<MachineRef | undefined> {
  const scaleSet = ourScaleSet(azure);
  const node = scaleSet.instances.find(({ id }) => String(id) === targetId)?.computerName ?? '';
  return machines.findByNode(scaleSet.name, node);
}

const on =
  (work: (machines: AzureMachines, machine: MachineRef) => Promise<string>): MatrixOperation['run'] =>
  async (azure: AzureClient, bench: Bench) => {
    const machines = openMachines(azure, ours);
    const machine = await target(machines, bench);
    return machine === undefined ? 'no machine' : work(machines, machine);
  };

/** Returns the machines whose power is not as expected. */
function wrongPower({ azure }: Bench, expected: string): readonly string[] {
  return ourScaleSet(azure)
    .instances.filter(({ id, power }) => power !== (String(id) === targetId ? expected : 'running'))
    .map(({ id, power }) => `machine ${id} is ${power}`);
}

/** Returns why an effect did not happen as often as it may have, and to the target only. */
function count({ effects }: Bench, what: string, atLeast: number, atMost: number): readonly string[] {
  const all = effects.filter(effect => effect.startsWith(what));
  const right = all.filter(effect => effect === `${what} ${targetId}`).length;
  return right === all.length && atLeast <= right && right <= atMost ? [] : [`${what} happened ${all.length} times`];
}

const start: MatrixOperation['undo'] = async (azure, bench) => {
  await on((machines, machine) => machines.start(machine).then(() => ''))(azure, bench, { recorded: '' });
};

export const machineOperations = defineOperations([
  {
    name: 'power off',
    meaning: 'Powers off a machine, at most once, and reads its power state. After an error, the machine is started.',
    prepare,
    run: on(async (machines, machine) => {
      await machines.powerOff(machine);
      const power = await machines.powerState(machine);
      return power === 'stopped' ? '' : `not confirmed: ${power}`;
    }),
    contradictions: bench => wrongPower(bench, 'stopped'),
    afterError: bench => count(bench, 'stopInstance', 0, 1),
    undo: start,
    leftovers: bench => wrongPower(bench, 'running'),
  },
  {
    name: 'start (recover)',
    meaning: 'Starts a machine that an experiment has powered off. After an error, it is repeated.',
    prepare: async bench => {
      await prepare(bench);
      const machine = ourScaleSet(bench.azure).instances.find(({ id }) => String(id) === targetId);
      if (machine) machine.power = 'stopped';
    },
    run: on(async (machines, machine) => {
      await machines.start(machine);
      return '';
    }),
    contradictions: bench => wrongPower(bench, 'running'),
    afterError: () => [],
    undo: start,
    leftovers: bench => wrongPower(bench, 'running'),
  },
  {
    name: 'reboot',
    meaning: 'Reboots a machine, at most once.',
    prepare,
    run: on(async (machines, machine) => {
      await machines.restart(machine);
      return '';
    }),
    contradictions: bench => [...count(bench, 'stopInstance', 1, 1), ...wrongPower(bench, 'running')],
    afterError: bench => count(bench, 'stopInstance', 0, 1),
    undo: () => Promise.resolve(),
    leftovers: bench => wrongPower(bench, 'running'),
  },
  {
    name: 'stop the kubelet',
    meaning: 'Stops the kubelet of a machine, at most once. After an error, it is started.',
    prepare,
    run: on(async (machines, machine) => {
      await machines.stopKubelet(machine, 60);
      return '';
    }),
    contradictions: bench => count(bench, 'stopKubelet', 1, 1),
    afterError: bench => count(bench, 'stopKubelet', 0, 1),
    undo: async (azure, bench, trace) => {
      await on((machines, machine) => machines.startKubelet(machine).then(() => ''))(azure, bench, trace);
    },
    leftovers: ({ effects }) => (effects.at(-1) === `startKubelet ${targetId}` ? [] : ['the kubelet was not started']),
  },
  {
    name: 'start the kubelet (recover)',
    meaning: 'Starts the kubelet of a machine. After an error, it is repeated.',
    prepare,
    run: on(async (machines, machine) => {
      await machines.startKubelet(machine);
      return '';
    }),
    contradictions: bench => count(bench, 'startKubelet', 1, Infinity),
    afterError: () => [],
    undo: async (azure, bench, trace) => {
      await on((machines, machine) => machines.startKubelet(machine).then(() => ''))(azure, bench, trace);
    },
    leftovers: bench => count(bench, 'startKubelet', 1, Infinity),
  },
]);
