import { ActionError, hasCode } from '../errors/action-error.js';
import type { Az } from './az.js';
import type { AzCommand, ClusterRef } from './commands.js';
import { asOptionalList, asRecord, number, text } from './json.js';
import type { MachineRef } from './machine-commands.js';
import {
  deleteMachine,
  restartMachine,
  showPool,
  showPower,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
  updatePoolBounds,
} from './machine-commands.js';

interface Bounds {
  readonly minCount: number;
  readonly maxCount: number;
}

/** The machines of a cluster through az: what experiments do to them. */
export interface AzureMachines {
  powerState(machine: MachineRef): Promise<string>;
  powerOff(machine: MachineRef): Promise<void>;
  start(machine: MachineRef, options?: { readonly wait: boolean }): Promise<void>;
  restart(machine: MachineRef): Promise<void>;
  stopKubelet(machine: MachineRef, seconds: number): Promise<void>;
  startKubelet(machine: MachineRef): Promise<void>;
  pool(name: string): Promise<{ readonly name: string; readonly count: number; readonly bounds: Bounds | undefined }>;
  deleteMachine(pool: string, node: string): Promise<void>;
  setPoolBounds(pool: string, bounds: Bounds): Promise<void>;
  withSignal(signal: AbortSignal): AzureMachines;
}

/** @throws what `Az` throws; `unsupported-here` where the subscription forbids changes of machines. */
export function openMachines(az: Az, ref: ClusterRef): AzureMachines {
  const run = async (command: AzCommand): Promise<void> => {
    try {
      await az.run(command);
    } catch (error) {
      throw explained(error);
    }
  };
  return {
    powerState: async machine => (await az.find(showPower(machine), readPower)) ?? 'deleted',
    powerOff: machine => run(stopMachine(machine)),
    start: (machine, options = { wait: true }) => run(startMachine(machine, options)),
    restart: machine => run(restartMachine(machine)),
    stopKubelet: (machine, seconds) => run(stopKubelet(machine, seconds)),
    startKubelet: machine => run(startKubelet(machine)),
    pool: name => az.read(showPool(ref, name), readPool),
    deleteMachine: (pool, node) => run(deleteMachine(ref, pool, node)),
    setPoolBounds: (pool, { minCount, maxCount }) => run(updatePoolBounds(ref, pool, minCount, maxCount)),
    withSignal: signal => openMachines(az.withSignal(signal), ref),
  };
}

/** Such as `running`; see "States and billing status of Azure Virtual Machines". @throws TypeError without a state. */
function readPower(json: unknown): string {
  const codes = asOptionalList(asRecord(json)['statuses']).map(status => text(status['code']));
  const state = codes.find(code => code.startsWith('PowerState/'))?.slice('PowerState/'.length);
  if (state === undefined) throw new TypeError('a power state was expected');
  return state;
}

function readPool(json: unknown): { name: string; count: number; bounds: Bounds | undefined } {
  const pool = asRecord(json);
  const bounds = { minCount: number(pool['minCount']), maxCount: number(pool['maxCount']) };
  const autoscaled = pool['enableAutoScaling'] === true;
  return { name: text(pool['name']), count: number(pool['count']), bounds: autoscaled ? bounds : undefined };
}

/** A locked node resource group denies even its owner; "Node resource group lockdown" in the AKS documentation. */
function explained(error: unknown): unknown {
  if (!hasCode(error, 'azure-policy')) return error;
  return new ActionError('unsupported-here', error.message, { evidence: error.evidence, cause: error });
}
