import type { ErrorCode } from '../errors/catalogue.js';
import { asList, asOptionalList, asRecord, number, required, text, texts } from '../runtime/json.js';

/** A machine size as a location offers it to the subscription. */
export interface SizeOffer {
  readonly name: string;
  /** The family that quota is counted by, such as standardDSv5Family. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  readonly architecture: string;
  readonly ephemeralDisk: boolean;
  readonly zones: readonly string[];
  /** Not available to this subscription in the whole location, with Azure's reason; empty: available. */
  readonly restriction: string;
  readonly restrictedZones: readonly string[];
}

/** vCPU quota: the name is `cores` for the whole location, else a family. */
export interface Usage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** Reads the projected answer of `az vm list-skus`. @throws TypeError when it is no list. */
export function parseSizes(json: unknown): readonly SizeOffer[] {
  return asList(json).map(sku => {
    const capability = new Map(asOptionalList(sku['capabilities']).map(({ name, value }) => [text(name), text(value)]));
    const restrictions = asOptionalList(sku['restrictions']);
    const whole = restrictions.find(({ type }) => text(type) === 'Location');
    return {
      name: required(sku, 'name'),
      family: text(sku['family']),
      vcpus: number(capability.get('vCPUs')),
      memoryGb: number(capability.get('MemoryGB')),
      architecture: capability.get('CpuArchitectureType') ?? 'x64',
      ephemeralDisk: capability.get('EphemeralOSDiskSupported') === 'True',
      zones: texts(asOptionalList(sku['locationInfo'])[0]?.['zones']),
      restriction: whole ? text(whole['reasonCode']) || 'restricted' : '',
      restrictedZones: restrictions.filter(({ type }) => text(type) === 'Zone').flatMap(({ zones }) => texts(zones)),
    };
  });
}

/** Reads `az vm list-usage`. @throws TypeError when it is no list. */
export function parseUsage(json: unknown): readonly Usage[] {
  return asList(json).map(usage => ({
    name: text(asRecord(usage['name'])['value']),
    used: number(usage['currentValue']),
    limit: number(usage['limit']),
  }));
}

export interface SizeWishes {
  readonly location: string;
  readonly sizes: readonly string[];
  readonly nodeCount: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly nodeOsDisk: '' | 'Managed' | 'Ephemeral';
  /** The most vCPUs that the pool may reach; undefined: no limit. */
  readonly maxVcpus?: number | undefined;
}

export interface RefusedSize {
  readonly size: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface SizeReview {
  /** The wishes that can be had now, in their order. */
  readonly usable: readonly SizeOffer[];
  readonly refused: readonly RefusedSize[];
  readonly warnings: readonly string[];
}

/** AKS takes no smaller machines for a system pool ("Quotas, virtual machine size restrictions ... in AKS"). */
const smallestVcpus = 2;
const smallestMemoryGb = 4;

/**
 * Which of the wanted sizes can be had, judged by what the location offers, restricts and has quota for. Quota for
 * `nodeCount` is a must; for `maxNodes` a warning, since the autoscaler may never get there.
 */
export function evaluateSizes(offers: readonly SizeOffer[], usages: readonly Usage[], wishes: SizeWishes): SizeReview {
  const usable: SizeOffer[] = [];
  const refused: RefusedSize[] = [];
  const warnings: string[] = [];
  for (const size of wishes.sizes) {
    const offer = offers.find(({ name }) => name.toLowerCase() === size.toLowerCase());
    const problem = offer ? problemOf(offer, usages, wishes) : notOffered(wishes.location);
    if (problem || !offer) {
      refused.push({ size, ...(problem ?? notOffered(wishes.location)) });
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

function notOffered(location: string): Problem {
  return { code: 'azure-size-unavailable', reason: `${location} does not offer it` };
}

function problemOf(offer: SizeOffer, usages: readonly Usage[], wishes: SizeWishes): Problem | undefined {
  const { location, zones, nodeCount, maxNodes, maxVcpus, nodeOsDisk } = wishes;
  if (offer.restriction !== '') {
    return {
      code: 'azure-size-unavailable',
      reason: `restricted in ${location} for this subscription (${offer.restriction})`,
    };
  }
  const closed = zones.filter(zone => !offer.zones.includes(zone) || offer.restrictedZones.includes(zone));
  if (closed.length > 0) {
    return { code: 'azure-zone-unsupported', reason: `not available in zone ${closed.join(', ')} of ${location}` };
  }
  if (offer.architecture !== 'x64') {
    return { code: 'azure-invalid', reason: `its processors are ${offer.architecture}; the image is made for x64` };
  }
  if (offer.vcpus < smallestVcpus || offer.memoryGb < smallestMemoryGb) {
    const needed = `${smallestVcpus} vCPUs and ${smallestMemoryGb} GB`;
    return {
      code: 'azure-invalid',
      reason: `it has ${offer.vcpus} vCPUs and ${offer.memoryGb} GB, a system pool needs ${needed}`,
    };
  }
  if (nodeOsDisk === 'Ephemeral' && !offer.ephemeralDisk) {
    return { code: 'azure-invalid', reason: 'it has no ephemeral OS disk, and node-os-disk is Ephemeral' };
  }
  if (maxVcpus !== undefined && offer.vcpus * maxNodes > maxVcpus) {
    const most = offer.vcpus * maxNodes;
    return { code: 'invalid-input', reason: `${maxNodes} nodes of it have ${most} vCPUs, above max-vcpus ${maxVcpus}` };
  }
  const shortage = shortageFor(offer, usages, nodeCount);
  return shortage === ''
    ? undefined
    : { code: 'azure-quota', reason: `node-count ${nodeCount} is more than the quota has, ${shortage}` };
}

/** What lacks for a number of nodes, for the location as a whole or for the family; empty: enough. */
function shortageFor({ vcpus, family }: SizeOffer, usages: readonly Usage[], nodes: number): string {
  const needed = vcpus * nodes;
  const short = usages
    .filter(({ name }) => name.toLowerCase() === 'cores' || name.toLowerCase() === family.toLowerCase())
    .filter(({ used, limit }) => limit - used < needed)
    .map(({ name, used, limit }) => `${needed} vCPUs needed, ${limit - used} of ${limit} left in ${name}`);
  return short.join('; ');
}
