import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, startBench } from '../../matrix/bench.js';
import { type Call, nameOf } from '../../matrix/calls.js';
import { cellsOf, recordCalls, runCell } from '../../matrix/cell.js';
import { faultKinds } from '../../matrix/faults.js';
import { matrixOperations } from '../../matrix/operations.js';
import { resultTables } from '../../matrix/table.js';

let bench: Bench;
const recorded = new Map<string, Promise<readonly Call[]>>();

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

async function resultOf(operationName: string, call: string, fault: string): Promise<ReturnType<typeof runCell>> {
  const operation = matrixOperations.find(({ name }) => name === operationName);
  if (!operation) throw new Error(`no operation ${operationName}`);
  const calls = recorded.get(operationName) ?? recordCalls(bench, operation);
  recorded.set(operationName, calls);
  const cells = cellsOf(operation, await calls);
  const cell = cells.find(one => nameOf(one.call) === call && one.fault.name === fault);
  if (!cell)
    throw new Error(`no cell ${operationName}, ${call}, ${fault}; there are ${(await calls).map(nameOf).join(', ')}`);
  return runCell(bench, cell);
}

const groupDeletion = 'DELETE resourceGroups/*';
const clusterCreation = 'PUT managedClusters/* after PUT resourceGroups/*';
const poweringOff = 'POST virtualMachineScaleSets/*/poweroff';
const rebooting = 'POST virtualMachineScaleSets/*/restart';

/** Each fault once, at a call where it matters; `npm run test:matrix` runs all of them at all calls. */
const cells: readonly (readonly [fault: string, operation: string, call: string, outcome: string])[] = [
  ['expired token', 'teardown', groupDeletion, 'done'],
  ['claims', 'power off', poweringOff, 'done'],
  ['claims, earlier login', 'teardown', groupDeletion, 'azure-claims-challenge'],
  ['403', 'reboot', `GET operations/* after ${rebooting}`, 'azure-forbidden'],
  ['404', 'create in a group of someone else', 'GET resourceGroups/*', 'done'],
  ['Conflict', 'power off', poweringOff, 'experiment-skipped'],
  ['EtagMismatch', 'teardown of a cluster', 'DELETE managedClusters/*', 'done'],
  ['OriginalEtagNotExpect', 'raise the bounds of a pool', 'PUT agentPools/*', 'done'],
  ['OperationNotAllowed', 'create', clusterCreation, 'done'],
  ['ScopeLocked', 'sweep', groupDeletion, 'azure-locked'],
  ['412', 'teardown of a cluster', 'DELETE managedClusters/*', 'done'],
  ['429', 'stop the kubelet', 'POST virtualMachines/*/runCommand', 'done'],
  ['500', 'undo of a creation', groupDeletion, 'done'],
  ['503', 'start (recover)', 'POST virtualMachineScaleSets/*/start', 'done'],
  ['cut before', 'create', clusterCreation, 'done'],
  ['cut after', 'reboot', rebooting, 'azure-unavailable'],
  ['ends Failed', 'teardown, waiting', groupDeletion, 'delete-incomplete'],
  ['never ends', 'create', clusterCreation, 'cluster-create-timeout'],
];

describe('the fault matrix', () => {
  it.each(cells)('%s: %s, %s', async (fault, operation, call, outcome) => {
    const result = await resultOf(operation, call, fault);
    expect([result.outcome, result.violations]).toEqual([outcome, []]);
  });

  it('has a cell here for each of its faults', () => {
    expect(cells.map(([fault]) => fault)).toEqual(faultKinds.map(({ name }) => name));
  });

  it('shows what a call survives, and the code of what it does not survive', async () => {
    const results = [
      await resultOf('teardown', groupDeletion, '429'),
      await resultOf('teardown', groupDeletion, 'ScopeLocked'),
    ];
    expect(resultTables(results)).toContain('| `DELETE resourceGroups/*` | 429 | `azure-locked`: ScopeLocked |');
  });
});
