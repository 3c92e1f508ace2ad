import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { startStandInClient, type StandInClient } from '../../support/stand-in-client.js';
import * as faults from '../azure/faults.js';
import { locateTools } from '../tools/locate-tools.js';
import { projectFile } from '../tools/project-files.js';
import { hangMs } from './support/limits.js';

jest.setTimeout(hangMs);

let client: StandInClient;
const bodies: { model: string; body: unknown }[] = [];
const version = '?api-version=2026-05-01';

beforeAll(async () => {
  client = await startStandInClient();
});

afterAll(() => client.stop());

/** Runs the check in the Python of az, which has the models. */
async function check(items: readonly unknown[]): Promise<unknown> {
  const az = process.env['LAB_AZ'] ?? (await locateTools(() => undefined)).az;
  return new Promise((resolve, reject) => {
    const script = projectFile('test/lab/scenarios/support/check-bodies.py');
    const child = execFile(join(dirname(az), 'python'), [script], (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(JSON.parse(stdout));
    });
    child.stdin?.end(JSON.stringify(items));
  });
}

it('sends bodies that the models of the Azure SDK know, field by field', async () => {
  const { send, subscription, azure } = client;
  const group = `${subscription}/resourceGroups/rg`;
  const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  const read = async (model: string, path: string): Promise<void> => {
    bodies.push({ model, body: (await send('GET', `${path}${version}`)).body });
  };
  const scaled = { minCount: 3, maxCount: 5, enableAutoScaling: true, availabilityZones: ['1', '2'] };
  const pool = { name: 'nodepool1', count: 3, vmSize: 'Standard_D2s_v5', ...scaled };
  const properties = { dnsPrefix: 'x', agentPoolProfiles: [pool] };
  await send('PUT', `${group}${version}`, { body: { location: 'eastus', tags: { a: 'b' } } });
  azure.inject(faults.wrappedFailure({ code: 'AllocationFailed', message: 'Allocation failed.' }));
  const failed = await send('PUT', `${cluster}-failed${version}`, { body: { location: 'eastus', properties } });
  const created = await send('PUT', `${cluster}${version}`, { body: { location: 'eastus', properties } });
  bodies.push({ model: 'ManagedCluster', body: created.body });
  for (const reply of [failed, created]) {
    bodies.push({ model: 'OperationStatus', body: (await client.poll(reply)).last.body });
  }
  await read('ManagedCluster', cluster);
  await read('ManagedCluster', `${cluster}-failed`);
  await read('AgentPool', `${cluster}/agentPools/nodepool1`);
  await read('ResourceGroup', group);
  const scaleSet = azure.resources().scaleSets[0]?.id ?? '';
  await read('VirtualMachineScaleSet', scaleSet);
  await read('VirtualMachineScaleSetVM', `${scaleSet}/virtualMachines/0`);
  await read('VirtualMachineScaleSetVMInstanceView', `${scaleSet}/virtualMachines/0/instanceView`);

  expect(await check(bodies)).toEqual([]);
});

it('would tell a field that no model knows, and a wrong type', async () => {
  const wrong = { model: 'AgentPool', body: { name: 1, properties: { counts: 3, eTag: 'x' } } };
  const pending = { model: 'OperationStatus', body: { status: 'InProgress', progress: 1 } };
  const expected = [
    'AgentPool.name is int',
    'AgentPool.properties.counts is unknown',
    'OperationStatus.progress is unknown',
  ];
  expect(await check([wrong, pending])).toEqual(expected);
});
