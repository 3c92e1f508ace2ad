import type { ErrorCode } from '../../errors/catalogue.js';
import { asOptionalList, asRecord, number, required, text, texts } from '../../runtime/json.js';

/** A VM size as available to the subscription in a location. */
export interface SizeOffer {
  readonly name: string;
  /** The VM family of the quota, such as standardDSv5Family. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  readonly architecture: string;
  readonly ephemeralDisk: boolean;
  readonly zones: readonly string[];
  /**
   * Why the size is not available to this subscription in the location, as Azure names it; empty if it is available.
   */
  readonly restriction: string;
  readonly restrictedZones: readonly string[];
}

/** A vCPU quota: the name is `cores` for the whole location, else a VM family. */
export interface Usage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** Parses one entry of "Resource Skus - List"; undefined if it is not a VM size, such as a disk. */
export function parseSku(json: unknown): SizeOffer | undefined {
  const sku = asRecord(json);
  if (text(sku['resourceType']) !== 'virtualMachines') return undefined;
  const capability = new Map(asOptionalList(sku['capabilities']).map(({ name, value }) => [text(name), text(value)]));
  const restrictions = asOptionalList(sku['restrictions']);
  const locationWide = restrictions.find(({ type }) => text(type) === 'Location');
  return {
    name: required(sku, 'name'),
    family: text(sku['family']),
    vcpus: number(capability.get('vCPUs')),
    memoryGb: number(capability.get('MemoryGB')),
    architecture: capability.get('CpuArchitectureType') ?? 'x64',
    ephemeralDisk: capability.get('EphemeralOSDiskSupported') === 'True',
    zones: texts(asOptionalList(sku['locationInfo'])[0]?.['zones']),
    restriction: locationWide ? text(locationWide['reasonCode']) || 'restricted' : '',
    restrictedZones: restrictions
      .filter(({ type }) => text(type) === 'Zone')
      .flatMap(({ restrictionInfo }) => texts(asRecord(restrictionInfo)['zones'])),
  };
}

/** Parses one entry of "Usage - List". */
export function parseUsage(json: unknown): Usage {
  const usage = asRecord(json);
  return {
    name: text(asRecord(usage['name'])['value']),
    used: number(usage['currentValue']),
    limit: number(usage['limit']),
  };
}

export interface SizeWishes {
  readonly location: string;
  readonly sizes: readonly string[];
  readonly nodeCount: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly nodeOsDisk: '' | 'Managed' | 'Ephemeral';
  /** The maximum number of vCPUs of the pool; undefined for no limit. */
  readonly maxVcpus?: number | undefined;
}

export interface RefusedSize {
  readonly size: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface SizeReview {
  /** The available sizes, in the requested order. */
  readonly usable: readonly SizeOffer[];
  readonly refused: readonly RefusedSize[];
  readonly warnings: readonly string[];
}

/** The minimum of AKS for a system pool ("Quotas, virtual machine size restrictions ... in AKS"). */
const smallestVcpus = 2;
const smallestMemoryGb = 4;

/**
 * Returns which of the requested sizes are available, by the availability, restrictions and quota of the location.
 * Missing quota for `nodeCount` is an error; for `maxNodes` it is a warning, because the autoscaler may never reach it.
 */
export function evaluateSizes(offers: readonly SizeOffer[], usages: readonly Usage[], wishes: SizeWishes): SizeReview {
  const usable: SizeOffer[] = [];
  const refused: RefusedSize[] = [];
  const warnings: string[] = [];
  for (const size of wishes.sizes) {
    const offer = offers.find(({ name }) => name.toLowerCase() === size.toLowerCase());
    const problem = offer ? problemOf(offer, usages, wishes) : unavailable(wishes.location);
    if (problem || !offer) {
      refused.push({ size, ...(problem ?? unavailable(wishes.location)) });
      continue;
    }
    usable.push(offer);
    const shortage = shortageFor(offer, usages, wishes.maxNodes);
    if (shortage !== '') warnings.push(`${size}: max-nodes ${wishes.maxNodes} cannot be reached, ${shortage}.`);
    if (/^standardB/i.test(offer.family))
      warnings.push(`${size}: AKS does not support burstable sizes for system pools.`);
  }
  return { usable, refused, warnings };
}

type Problem = Omit<RefusedSize, 'size'>;

function unavailable(location: string): Problem {
  return { code: 'azure-size-unavailable', reason: `it is not available in ${location}` };
}

function problemOf(offer: SizeOffer, usages: readonly Usage[], wishes: SizeWishes): Problem | undefined {
  const { location, zones, nodeCount, maxNodes, maxVcpus, nodeOsDisk } = wishes;
  if (offer.restriction !== '') {
    return {
      code: 'azure-size-unavailable',
      reason: `restricted in ${location} for this subscription (${offer.restriction})`,
    };
  }
  const unavailableZones = zones.filter(zone => !offer.zones.includes(zone) || offer.restrictedZones.includes(zone));
  if (unavailableZones.length > 0) {
    return {
      code: 'azure-zone-unsupported',
      reason: `not available in zone ${unavailableZones.join(', ')} of ${location}`,
    };
  }
  if (offer.architecture !== 'x64') {
    return { code: 'azure-invalid', reason: `its architecture is ${offer.architecture}, but the image requires x64` };
  }
  if (offer.vcpus < smallestVcpus || offer.memoryGb < smallestMemoryGb) {
    const needed = `${smallestVcpus} vCPUs and ${smallestMemoryGb} GB`;
    return {
      code: 'azure-invalid',
      reason: `it has ${offer.vcpus} vCPUs and ${offer.memoryGb} GB, but a system pool requires ${needed}`,
    };
  }
  if (nodeOsDisk === 'Ephemeral' && !offer.ephemeralDisk) {
    return { code: 'azure-invalid', reason: 'it does not support ephemeral OS disks, but node-os-disk is Ephemeral' };
  }
  if (maxVcpus !== undefined && offer.vcpus * maxNodes > maxVcpus) {
    const most = offer.vcpus * maxNodes;
    return {
      code: 'invalid-input',
      reason: `${maxNodes} nodes of this size have ${most} vCPUs, more than max-vcpus ${maxVcpus}`,
    };
  }
  const shortage = shortageFor(offer, usages, nodeCount);
  return shortage === ''
    ? undefined
    : { code: 'azure-quota', reason: `node-count ${nodeCount} exceeds the quota, ${shortage}` };
}

/**
 * Returns the missing quota for a number of nodes, in the location or the VM family; empty if the quota is sufficient.
 */
function shortageFor({ vcpus, family }: SizeOffer, usages: readonly Usage[], nodes: number): string {
  const needed = vcpus * nodes;
  const short = usages
    .filter(({ name }) => name.toLowerCase() === 'cores' || name.toLowerCase() === family.toLowerCase())
    .filter(({ used, limit }) => limit - used < needed)
    .map(({ name, used, limit }) => `${needed} vCPUs needed, ${limit - used} of ${limit} left in ${name}`);
  return short.join('; ');
}
