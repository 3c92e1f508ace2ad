import { describe, expect, it } from '@jest/globals';
import { drainShortage, membersPerNode } from '../../../../src/azure/preflight/capacity.js';
import { evaluateSizes, parseSku, parseUsage } from '../../../../src/azure/preflight/sizes.js';

function sku(
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
  capabilities: Readonly<Record<string, string>> = {},
): unknown {
  const all = {
    vCPUs: '2',
    MemoryGB: '8',
    CpuArchitectureType: 'x64',
    EphemeralOSDiskSupported: 'False',
    ...capabilities,
  };
  return {
    resourceType: 'virtualMachines',
    name,
    family: 'standardDSv5Family',
    locationInfo: [{ zones: ['1', '2', '3'] }],
    restrictions: [],
    capabilities: Object.entries(all).map(([key, value]) => ({ name: key, value })),
    ...changes,
  };
}
function usage(name: string, used: number | string, limit: number | string): unknown {
  return { name: { value: name }, currentValue: used, limit };
}

const plenty = [usage('cores', 0, 100), usage('standardDSv5Family', 0, 100)];
const wishes = {
  location: 'eastus',
  sizes: ['Standard_D2s_v5'],
  nodeCount: 3,
  maxNodes: 5,
  zones: [],
  nodeOsDisk: '' as const,
};

function review(
  skus: readonly unknown[],
  usages: readonly unknown[] = plenty,
  changes = {},
): ReturnType<typeof evaluateSizes> {
  return evaluateSizes(
    skus.map(parseSku).filter(offer => offer !== undefined),
    usages.map(parseUsage),
    { ...wishes, ...changes },
  );
}

describe('evaluateSizes', () => {
  it('keeps the requested order, and omits unavailable sizes', () => {
    const skus = [
      sku('Standard_D2s_v4'),
      sku('Standard_D2s_v5', { restrictions: [{ type: 'Location', reasonCode: 'NotAvailableForSubscription' }] }),
    ];
    const { usable, refused } = review(skus, plenty, { sizes: ['Standard_D2s_v5', 'standard_d2s_v4', 'Standard_X'] });
    expect(usable.map(({ name }) => name)).toEqual(['Standard_D2s_v4']);
    expect(refused).toEqual([
      {
        size: 'Standard_D2s_v5',
        code: 'azure-size-unavailable',
        reason: 'restricted in eastus for this subscription (NotAvailableForSubscription)',
      },
      { size: 'Standard_X', code: 'azure-size-unavailable', reason: 'it is not available in eastus' },
    ]);
  });

  it.each<[string, unknown, object, string]>([
    ['Arm processors', sku('Standard_D2s_v5', {}, { CpuArchitectureType: 'Arm64' }), {}, 'azure-invalid'],
    ['too little memory', sku('Standard_D2s_v5', {}, { MemoryGB: '3.5' }), {}, 'azure-invalid'],
    ['one processor', sku('Standard_D2s_v5', {}, { vCPUs: '1' }), {}, 'azure-invalid'],
    [
      'a zone without the size',
      sku('Standard_D2s_v5', { locationInfo: [{ zones: ['1'] }] }),
      { zones: ['1', '2'] },
      'azure-zone-unsupported',
    ],
    [
      'a restricted zone',
      sku('Standard_D2s_v5', { restrictions: [{ type: 'Zone', restrictionInfo: { zones: ['2'] } }] }),
      { zones: ['2'] },
      'azure-zone-unsupported',
    ],
    ['no ephemeral disk', sku('Standard_D2s_v5'), { nodeOsDisk: 'Ephemeral' }, 'azure-invalid'],
    ['max-vcpus', sku('Standard_D2s_v5'), { maxVcpus: 9 }, 'invalid-input'],
  ])('refuses a size for %s', (_, offer, changes, code) => {
    expect(review([offer], plenty, changes).refused).toMatchObject([{ code }]);
  });

  it('ignores a restricted zone that was not requested', () => {
    const offer = sku('Standard_D2s_v5', { restrictions: [{ type: 'Zone', restrictionInfo: { zones: ['2'] } }] });
    expect(review([offer]).usable).toHaveLength(1);
  });

  it('requires quota for node-count, of the location and of the VM family', () => {
    const short = [usage('cores', '96', '100'), usage('standardDSv5Family', 0, 100)];
    expect(review([sku('Standard_D2s_v5')], short).refused).toEqual([
      {
        size: 'Standard_D2s_v5',
        code: 'azure-quota',
        reason: 'node-count 3 exceeds the quota, 6 vCPUs needed, 4 of 100 left in cores',
      },
    ]);
    const noFamily = [usage('cores', 0, 100), usage('standarddsv5family', 0, 0)];
    expect(review([sku('Standard_D2s_v5')], noFamily).refused).toMatchObject([{ code: 'azure-quota' }]);
  });

  it('only warns if max-nodes cannot be reached', () => {
    const { usable, warnings } = review([sku('Standard_D2s_v5')], [usage('cores', 92, 100)]);
    expect(usable).toHaveLength(1);
    expect(warnings).toEqual([
      'Standard_D2s_v5: max-nodes 5 cannot be reached, 10 vCPUs needed, 8 of 100 left in cores.',
    ]);
  });

  it('ignores what is not a VM size', () => {
    expect(parseSku({ resourceType: 'disks', name: 'Premium_LRS' })).toBeUndefined();
  });
});

describe('membersPerNode and drainShortage', () => {
  it.each([
    [2, 500, 2],
    [4, 500, 6],
    [2, 2000, 0],
  ])('of a node with %i vCPUs and members of %im: %i', (vcpus, millicores, members) => {
    expect(membersPerNode(vcpus, millicores)).toBe(members);
  });

  it('report when the members of a drained node do not fit', () => {
    expect(drainShortage(2, 5, 5, 500)).toBeUndefined();
    expect(drainShortage(2, 2, 3, 500)).toContain('about 2 members of 500m fit on the others, fewer than 3');
  });
});
