import type { AzureClient } from '../../src/azure/arm/client.js';
import { addRange, removeRange } from '../../src/azure/cluster/authorized-ranges.js';
import { extendExpiry } from '../../src/azure/cluster/expiry.js';
import { provision } from '../../src/azure/creation/provision.js';
import { deleteOurs } from '../../src/azure/deletion/deletion.js';
import { ownedByCreation } from '../../src/azure/ownership/ownership.js';
import { claimKey } from '../../src/azure/ownership/range-claims.js';
import type { Owner } from '../../src/azure/ownership/tags.js';
import type { ClusterSpec } from '../../src/azure/spec.js';
import type { Bench } from './bench.js';
import { defineOperations, type Trace } from './operation.js';
import { creationId, describeResources, ourCluster, ours, ourTags, owner, placeOurs } from './world.js';

const spec: ClusterSpec = {
  ...{ location: 'eastus', existingCluster: 'fail', nodeCount: 3, minNodes: 3, maxNodes: 5 },
  ...{ nodeVmSizes: ['Standard_D2s_v5'], kubernetesVersion: '', tier: 'free', zones: [], nodeOsDisk: '' },
  ...{ authorizedIpRanges: [], tags: {}, nodeResourceGroup: '', extraCreateArgs: [] },
  ...{ createTimeoutMs: 25 * 60_000, ttlMs: 2 * 3_600_000 },
};

/** Longer than the cluster of the bench lives. */
const workMs = 3 * 3_600_000;

function expiresEarly(azure: Bench['azure']): readonly string[] {
  const expiresAt = ourCluster(azure)?.tags['expires-at'] ?? '';
  return Number(expiresAt) * 1000 > Date.now() + workMs - 60_000 ? [] : [`it expires at ${expiresAt}`];
}

async function provisionAs(
  azure: AzureClient,
  trace: Trace,
  who: Owner,
  changes: Partial<ClusterSpec> = {},
): Promise<string> {
  const deadlineMs = azure.clock.now() + spec.createTimeoutMs;
  const plan = { target: ours, spec: { ...spec, ...changes }, owner: who, creationId: `${creationId}-new`, deadlineMs };
  const made = await provision(azure, plan, id => {
    trace.recorded = id;
  });
  return made.createdCluster ? made.creationId : `expires at ${made.expiresAt}`;
}

/** Deletes what was recorded, as the post phase does. */
async function undoCreation(azure: AzureClient, { recorded }: Trace): Promise<void> {
  if (recorded === '') return;
  const rule = { owned: ownedByCreation(owner.repository, recorded), sameCreation: true };
  await deleteOurs(azure, ours, { ...rule, dryRun: false, waitMs: 0 });
}

/** Returns why our cluster is not ready, or not ours. */
function notReady({ azure }: Bench, id: string): readonly string[] {
  const cluster = ourCluster(azure);
  if (cluster === undefined) return ['there is no cluster'];
  return [
    ...(cluster.provisioningState === 'Succeeded' ? [] : [`the cluster is ${cluster.provisioningState}`]),
    ...(cluster.tags['creation-id'] === id
      ? []
      : [`the cluster has creation-id ${cluster.tags['creation-id'] ?? ''}, not ${id}`]),
  ];
}

/** Returns what exists of us. */
function existing({ azure }: Bench): readonly string[] {
  return [...describeResources(azure).keys()].filter(id => id.includes('ours') && !id.includes('rg-other'));
}

const theirs = { team: 'theirs' };

/** Returns how the group of someone else differs from what it was. */
function changedGroup({ azure }: Bench): readonly string[] {
  const group = azure.resources().groups.find(({ name }) => name === ours.resourceGroup);
  if (group?.provisioningState !== 'Succeeded') return ['the group is not there'];
  return JSON.stringify(group.tags) === JSON.stringify(theirs)
    ? []
    : [`the group has the tags ${JSON.stringify(group.tags)}`];
}

const secondAttempt = { ...owner, attempt: '2' };
const range = '198.51.100.7/32';
const holder = 'acme/shop/4711/check-0';
/** The ranges and the tags, which one request writes. */
const ranges = ({ azure }: Bench): string => {
  const cluster = ourCluster(azure);
  return JSON.stringify([cluster?.more['apiServerAccessProfile'], Object.values(cluster?.tags ?? {})]);
};
const admitted = (bench: Bench): boolean => {
  const hasOurTags = ourCluster(bench.azure)?.tags['creation-id'] === creationId;
  return hasOurTags && ranges(bench).includes(`"${range}"`) && ranges(bench).includes(`"${range}_`);
};

export const creationOperations = defineOperations([
  {
    name: 'create',
    isUndoneAlways: true,
    meaning:
      'Creates the group and the cluster. After an error, the post phase deletes what has the recorded creation id.',
    prepare: () => Promise.resolve(),
    run: (azure, _, trace) => provisionAs(azure, trace, owner),
    contradictions: (bench, { recorded }, note) => [
      ...notReady(bench, recorded),
      ...(note === recorded ? [] : [`the result has creation-id ${note}, but ${recorded} was recorded`]),
    ],
    afterError: (bench, { recorded }) => (recorded === '' ? existing(bench) : []),
    undo: (azure, _, trace) => undoCreation(azure, trace),
    leftovers: existing,
  },
  {
    name: 'create, second attempt',
    meaning: 'Deletes the Failed cluster of the former attempt, and creates it again in the same group.',
    prepare: async ({ azure }) => {
      const cluster = await placeOurs(azure);
      cluster.provisioningState = 'Failed';
      cluster.failure = { code: 'InternalOperationError', message: 'Internal error of the first attempt.' };
    },
    run: (azure, _, trace) => provisionAs(azure, trace, secondAttempt),
    contradictions: (bench, { recorded }) => notReady(bench, recorded),
    afterError: () => [],
    undo: (azure, _, trace) => undoCreation(azure, trace),
    // Without a record, the post phase of the former attempt is responsible.
    leftovers: (bench, { recorded }) => (recorded === '' ? [] : existing(bench)),
  },
  {
    name: 'create, existing cluster',
    meaning:
      'Uses a cluster of this repository (`existing-cluster: reuse`), and renews its expiry. It is never deleted.',
    prepare: async ({ azure }) => {
      await placeOurs(azure, ourTags(1));
    },
    run: (azure, _, trace) => provisionAs(azure, trace, { ...owner, runId: '4712' }, { existingCluster: 'reuse' }),
    contradictions: (bench, _, note) => [
      ...notReady(bench, creationId),
      ...(note === `expires at ${ourCluster(bench.azure)?.tags['expires-at'] ?? ''}` ? [] : [`the result ${note}`]),
    ],
    afterError: () => [],
    undo: (azure, _, trace) => undoCreation(azure, trace),
    leftovers: bench => notReady(bench, creationId),
  },
  {
    name: 'create in a group of someone else',
    meaning: 'Creates the cluster in a group that exists. The group keeps its tags, and is never deleted.',
    prepare: ({ azure }) => {
      azure.place.group({ name: ours.resourceGroup, tags: theirs });
      return Promise.resolve();
    },
    run: (azure, _, trace) => provisionAs(azure, trace, owner),
    contradictions: (bench, { recorded }) => [...notReady(bench, recorded), ...changedGroup(bench)],
    afterError: changedGroup,
    undo: (azure, _, trace) => undoCreation(azure, trace),
    leftovers: bench => [...changedGroup(bench), ...existing(bench).filter(id => id !== ours.resourceGroup)],
  },
  {
    name: 'work on a cluster that expires',
    meaning: 'Moves the expiry of a cluster of this repository to after the step. An error is a warning of the step.',
    prepare: async ({ azure }) => {
      await placeOurs(azure);
    },
    run: async azure => {
      await extendExpiry(azure, ours, owner, workMs);
      return '';
    },
    contradictions: ({ azure }) => expiresEarly(azure),
    afterError: () => [],
    undo: async azure => {
      await extendExpiry(azure, ours, owner, workMs);
    },
    leftovers: ({ azure }) => expiresEarly(azure),
  },
  {
    name: 'admit the runner',
    meaning:
      'Adds the address of the runner to the authorized ranges of the API server. After an error, it is removed.',
    prepare: async ({ azure }) => {
      await placeOurs(azure);
    },
    run: async azure => {
      await addRange(azure, ours, { holder, range, stepMs: 60_000 }, () => undefined);
      return '';
    },
    contradictions: bench => (admitted(bench) ? [] : [`the ranges are ${ranges(bench)}`]),
    afterError: () => [],
    undo: async azure => {
      await removeRange(azure, ours, { key: claimKey(holder), range });
    },
    leftovers: bench => (ranges(bench).includes(range) ? [`the ranges are ${ranges(bench)}`] : []),
  },
]);
