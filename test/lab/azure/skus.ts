import { type Answer, type Json, list } from './messages.js';
import { sameName } from './names.js';
import type { Settings } from './settings.js';
import { locations, type VmSize, vmSizes, zones } from './vm-sizes.js';

/**
 * Returns the sizes of a region, or of all regions without a filter. az sends no filter and selects the region itself;
 * Azure then answers about 122 MB (Azure/azure-cli, issue 31592).
 */
export function answerSkus(settings: Settings, filter: string): Answer {
  const asked = /location eq '([^']+)'/i.exec(filter)?.[1];
  const offered = locations
    .filter(location => asked === undefined || sameName(location, asked))
    .flatMap(location => vmSizes.map(size => skuBody(settings, size, location)));
  const { unfilteredSkusBytes } = settings;
  if (asked !== undefined || unfilteredSkusBytes === undefined) return list(offered);
  return { status: 200, parts: fill(offered, unfilteredSkusBytes) };
}

/** Yields a list that begins with the given entries, and continues with entries of other regions up to a length. */
function* fill(offered: readonly Json[], bytes: number): Iterable<string> {
  let left = bytes;
  let separator = '{"value":[';
  for (let number = 0; left > 0; number += 1) {
    const elsewhere = `region${Math.floor(number / vmSizes.length)}`;
    const size = vmSizes[number % vmSizes.length];
    const entry = offered[number] ?? (size && skuBody(undefined, size, elsewhere));
    const text = `${separator}${JSON.stringify(entry)}`;
    yield text;
    left -= text.length;
    separator = ',';
  }
  yield ']}';
}

function skuBody(settings: Settings | undefined, size: VmSize, location: string): Json {
  const capabilities = {
    MaxResourceVolumeMB: size.temporaryDiskGb * 1024,
    OSVhdSizeMB: 1_047_552,
    vCPUs: size.vcpus,
    HyperVGenerations: 'V1,V2',
    MemoryGB: size.memoryGb,
    MaxDataDiskCount: 4,
    CpuArchitectureType: size.architecture,
    LowPriorityCapable: 'True',
    PremiumIO: 'True',
    vCPUsAvailable: size.vcpus,
    vCPUsPerCore: 2,
    EphemeralOSDiskSupported: size.temporaryDiskGb > 0 ? 'True' : 'False',
    EncryptionAtHostSupported: 'True',
    AcceleratedNetworkingEnabled: 'True',
    RdmaEnabled: 'False',
    MaxNetworkInterfaces: 2,
  };
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.replace('Standard_', ''),
    family: size.family,
    locations: [location],
    locationInfo: [
      { location, zones, zoneDetails: [{ name: zones, capabilities: [{ name: 'UltraSSDAvailable', value: 'True' }] }] },
    ],
    capabilities: Object.entries(capabilities).map(([name, value]) => ({ name, value: String(value) })),
    restrictions: settings ? restrictions(settings, size, location) : [],
  };
}

/** Returns why the subscription may not use a size (Microsoft, "AvailabilityZoneNotSupported error code"). */
function restrictions({ restrictedSizes, restrictedZones }: Settings, { name }: VmSize, location: string): unknown[] {
  const closed = restrictedZones[name] ?? [];
  const common = { values: [location], reasonCode: 'NotAvailableForSubscription' };
  return [
    ...(restrictedSizes.includes(name)
      ? [{ type: 'Location', ...common, restrictionInfo: { locations: [location] } }]
      : []),
    ...(closed.length > 0
      ? [{ type: 'Zone', ...common, restrictionInfo: { locations: [location], zones: closed } }]
      : []),
  ];
}
