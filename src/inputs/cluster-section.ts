import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import { shorten } from '../runtime/short-name.js';
import { apiServerRange } from './cidr.js';
import { extraCreateArgument } from './extra-az-args.js';
import {
  defaultNodeResourceGroup,
  kubernetesVersion,
  location,
  nodeResourceGroup,
  nodeResourceGroupLength,
  vmSize,
} from './name-parsers.js';
import { accept, choice, duration, integer, type Parsed, type Parser, writeDuration } from './parsers.js';
import type { InputReader } from './reader.js';
import type { Operation } from './request.js';
import { maxUserTags, tag } from './tag-parser.js';

/** The maximum number of nodes of an autoscaled pool. The minimum is 1, because a system pool cannot be empty. */
const maxPoolNodes = 1000;

/** The default time until sweep may delete the resources of e2e. */
const e2eTtlMs = 4 * 3_600_000;

/** Reads the specification of a new AKS cluster. */
export function readClusterSpec(inputs: InputReader, operation: Operation, target: AzureTarget): ClusterSpec {
  const maxVcpus = inputs.optional('max-vcpus', integer(1, 100_000));
  const ttlMs = readTtl(inputs, operation);
  const region = inputs.value('location', location);
  return {
    location: region,
    existingCluster: inputs.value('existing-cluster', choice(['fail', 'reuse'])),
    nodeCount: inputs.value('node-count', integer(1, maxPoolNodes)),
    minNodes: inputs.value('min-nodes', integer(1, maxPoolNodes)),
    maxNodes: inputs.value('max-nodes', integer(1, maxPoolNodes)),
    nodeVmSizes: inputs.list('node-vm-size', vmSize),
    kubernetesVersion: inputs.optional('kubernetes-version', kubernetesVersion) ?? '',
    tier: inputs.value('tier', choice(['free', 'standard', 'premium'])),
    zones: readZones(inputs),
    nodeOsDisk: inputs.optional('node-os-disk', choice(['Managed', 'Ephemeral'])) ?? '',
    authorizedIpRanges: inputs.list('authorized-ip-ranges', apiServerRange),
    tags: readTags(inputs),
    nodeResourceGroup: inputs.optional('node-resource-group', nodeResourceGroup) ?? shortNodeGroup(target, region),
    ...(maxVcpus !== undefined && { maxVcpus }),
    createTimeoutMs: inputs.value('create-timeout', duration('1s', '2h')),
    extraCreateArgs: inputs.lines('extra-create-args', extraCreateArgument),
    ...(ttlMs !== undefined && { ttlMs }),
  };
}

/** Returns a name for the group of the nodes if the one that AKS would give is too long for it; otherwise empty. */
function shortNodeGroup({ resourceGroup, clusterName }: AzureTarget, region: string): string {
  const name = defaultNodeResourceGroup(resourceGroup, clusterName, region);
  return name.length <= nodeResourceGroupLength ? '' : shorten(name, nodeResourceGroupLength);
}

function readZones(inputs: InputReader): readonly string[] {
  const zones = inputs.list('zones', choice(['1', '2', '3']));
  const repeated = zones.find((zone, index) => zones.indexOf(zone) < index);
  if (repeated !== undefined) {
    inputs.problems.add({ input: 'zones', value: repeated, rule: 'is given twice', remedy: 'keep one of them' });
  }
  return zones;
}

type Ttl = 'auto' | 'never' | number;

const ttl: Parser<Ttl> = (text): Parsed<Ttl> => {
  if (text === 'auto' || text === 'never') return accept(text);
  const parsed = duration('30m', '8760h')(text);
  return parsed.ok ? parsed : { ...parsed, rule: `${parsed.rule}, or be auto or never` };
};

function readTtl(inputs: InputReader, operation: Operation): number | undefined {
  const value = inputs.value('ttl', ttl);
  if (value === 'auto') return operation === 'e2e' ? e2eTtlMs : undefined;
  return value === 'never' ? undefined : value;
}

/** The minimum time from the timeout of the step to the expiry, so that sweep cannot delete a cluster in use. */
const ttlMarginMs = 30 * 60_000;

/** Reports a time to live that could end while the step is running. */
export function checkTtl({ problems, areValid, text }: InputReader, spec: ClusterSpec, timeoutMs: number): void {
  const minMs = timeoutMs + ttlMarginMs;
  if (spec.ttlMs === undefined || spec.ttlMs >= minMs || !areValid('ttl', 'timeout')) return;
  problems.add({
    input: 'ttl',
    value: text('ttl'),
    rule: `${writeDuration(spec.ttlMs)} must be at least 30m longer than timeout (${writeDuration(timeoutMs)})`,
    remedy: `set ttl to ${writeDuration(minMs)} or more, or lower timeout`,
  });
}

function readTags(inputs: InputReader): Readonly<Record<string, string>> {
  const { problems } = inputs;
  const tags = new Map<string, readonly [string, string]>();
  for (const [key, value] of inputs.list('tags', tag)) {
    const lower = key.toLowerCase();
    if (tags.has(lower)) {
      const remedy = 'keep one of them: Azure compares keys without case';
      problems.add({ input: 'tags', value: key, rule: 'is given twice', remedy });
    }
    tags.set(lower, [key, value]);
  }
  if (tags.size > maxUserTags) {
    const rule = `must be at most ${maxUserTags} tags, in addition to those of the action`;
    problems.add({ input: 'tags', value: `${tags.size} tags`, rule, remedy: 'remove some' });
  }
  return Object.fromEntries(tags.values());
}
