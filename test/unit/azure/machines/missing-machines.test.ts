import { describe, expect, it } from '@jest/globals';
import { formerBoundsTag, openMachines } from '../../../../src/azure/machines/machines.js';
import { absent, clusterJson, type Lab, labWith, prints, ref } from '../fixtures.js';
import type { ScriptedAzure } from '../scripted-azure.js';

const instances = prints([{ instanceId: '3', properties: { osProfile: { computerName: 'node-3' } } }]);
const pool = prints({
  name: 'nodepool1',
  properties: { provisioningState: 'Succeeded', tags: { [formerBoundsTag]: '1-5' } },
});

function lab(script: (runner: ScriptedAzure) => unknown): Lab {
  return labWith(runner => {
    script(runner);
    runner.on('GET managedClusters/', prints(clusterJson()));
  });
}

describe('what Azure does not find for a moment', () => {
  it('is still a machine to start', async () => {
    const { azure } = lab(runner => runner.on('GET vmss/virtualMachines', absent, instances));
    expect(await openMachines(azure, ref).findByNode('vmss', 'node-3')).toMatchObject({ instanceId: '3' });
  });

  it('is still a pool with bounds to restore', async () => {
    const { azure } = lab(runner => runner.on('GET agentPools/nodepool1', absent, pool));
    const found = await openMachines(azure, ref).settledPool('nodepool1', 60_000);
    expect(found?.formerBounds).toEqual({ minCount: 1, maxCount: 5 });
  });
});

it('a machine or a pool that Azure does not find twice does not exist', async () => {
  const { azure } = lab(runner => runner.on('GET vmss/virtualMachines', absent).on('GET agentPools/', absent));
  const machines = openMachines(azure, ref);
  expect(await machines.findByNode('vmss', 'node-3')).toBeUndefined();
  expect(await machines.settledPool('nodepool1', 60_000)).toBeUndefined();
});
