import { showCluster } from '../azure/cluster-commands.js';
import type { AzCommand, ClusterRef } from '../azure/commands.js';
import {
  deleteMachine,
  type MachineRef,
  restartMachine,
  showPool,
  showPower,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
  updatePoolBounds,
} from '../azure/machine-commands.js';
import { formerBoundsTag } from '../azure/machines.js';
import type { MachineCommands } from '../chaos/machines-port.js';
import { type CommandStep, commandStep, unknownName } from '../runtime/command-line.js';

const pool = 'pool';
/** NaN, so that it can be found in the finished command. */
const unknownBounds = { minCount: NaN, maxCount: NaN };

/** The commands that the methods of `openMachines` run, for a dry run; none without a cluster in Azure. */
export function machineCommands(ref: ClusterRef | undefined): MachineCommands {
  const machine: MachineRef = {
    subscriptionId: ref?.subscriptionId ?? '',
    resourceGroup: unknownName('node-resource-group'),
    scaleSet: unknownName('scale-set'),
    instanceId: '0',
  };
  const ofMachine = (...commands: readonly AzCommand[]): readonly CommandStep[] =>
    ref === undefined ? [] : [showCluster(ref), ...commands].map(toStep);
  const ofPool = (build: (cluster: ClusterRef) => AzCommand): readonly CommandStep[] =>
    ref === undefined ? [] : [toStep(build(ref))];
  return {
    powerState: () => ofMachine(showPower(machine)),
    powerOff: () => ofMachine(stopMachine(machine)),
    start: () => ofMachine(startMachine(machine, { wait: true })),
    restart: () => ofMachine(restartMachine(machine)),
    stopKubelet: seconds => ofMachine(stopKubelet(machine, seconds)),
    startKubelet: () => ofMachine(startKubelet(machine)),
    pool: () => ofPool(cluster => showPool(cluster, pool)),
    deleteMachine: node => ofPool(cluster => deleteMachine(cluster, pool, node)),
    raisePoolBounds: () =>
      ofPool(cluster => updatePoolBounds(cluster, pool, unknownBounds, { [formerBoundsTag]: 'MIN-MAX' })),
    restorePoolBounds: () => ofPool(cluster => updatePoolBounds(cluster, pool, unknownBounds, {})),
  };
}

/** Names in capitals are not valid instances, pools or numbers, so they are inserted into the finished command. */
function toStep(command: AzCommand): CommandStep {
  const show = (text: string): string =>
    text
      .replaceAll('NaN', 'COUNT')
      .replace(/(--instance-ids?) 0\b/, '$1 ID')
      .replace(/\binstance 0\b/, 'instance ID')
      .replace(/(--nodepool-name) pool\b/, '$1 POOL')
      .replace(/\bnode pool pool\b/, 'node pool POOL');
  const { line, why } = commandStep(command);
  return { line: show(line), why: show(why) };
}
