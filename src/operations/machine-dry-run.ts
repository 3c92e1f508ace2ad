import { type AzureCall, azureStep } from '../azure/arm/call.js';
import { readCluster } from '../azure/cluster/cluster-requests.js';
import {
  deleteMachine,
  type MachineRef,
  readPool,
  readPower,
  restartMachine,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
  updatePoolBounds,
} from '../azure/machines/machine-requests.js';
import { formerBoundsTag } from '../azure/machines/machines.js';
import type { ClusterRef } from '../azure/ref.js';
import type { MachineCommands } from '../chaos/machines-port.js';
import { type CommandStep, unknownName } from '../runtime/command-line.js';

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
  const ofMachine = (...commands: readonly AzureCall[]): readonly CommandStep[] =>
    ref === undefined ? [] : [readCluster(ref), ...commands].map(toStep);
  const ofPool = (build: (cluster: ClusterRef) => AzureCall): readonly CommandStep[] =>
    ref === undefined ? [] : [toStep(build(ref))];
  return {
    describeOperation: () => ofPool(readCluster),
    powerState: () => ofMachine(readPower(machine)),
    powerOff: () => ofMachine(stopMachine(machine)),
    start: () => ofMachine(startMachine(machine)),
    restart: () => ofMachine(restartMachine(machine)),
    stopKubelet: seconds => ofMachine(stopKubelet(machine, seconds)),
    startKubelet: () => ofMachine(startKubelet(machine)),
    pool: () => ofPool(cluster => readPool(cluster, pool)),
    deleteMachine: node => ofPool(cluster => deleteMachine(cluster, pool, node)),
    raisePoolBounds: () =>
      ofPool(cluster => updatePoolBounds(cluster, pool, unknownBounds, { [formerBoundsTag]: 'MIN-MAX' }, 'ETAG')),
    restorePoolBounds: () => ofPool(cluster => updatePoolBounds(cluster, pool, unknownBounds, {}, 'ETAG')),
  };
}

/** Names in capitals are not valid instances, pools or numbers, so they are inserted into the finished command. */
function toStep(command: AzureCall): CommandStep {
  const show = (text: string): string =>
    text
      .replaceAll('NaN', 'COUNT')
      .replace(/(--instance-ids?) 0\b/, '$1 ID')
      .replace(/(\/virtualMachines\/)0\b/, '$1ID')
      .replace(/(\/agentPools\/)pool\b/, '$1POOL')
      .replace(/\binstance 0\b/, 'instance ID')
      .replace(/(--nodepool-name) pool\b/, '$1 POOL')
      .replace(/\bnode pool pool\b/, 'node pool POOL');
  const step = azureStep(command);
  return { ...step, line: show(step.line), why: show(step.why) };
}
