import { azureStep } from '../azure/arm/call.js';
import type { AzureClient } from '../azure/arm/client.js';
import { createCluster } from '../azure/cluster/cluster-commands.js';
import { readCluster } from '../azure/cluster/cluster-requests.js';
import { createGroup, readGroup } from '../azure/cluster/group-requests.js';
import { provision, type Provisioned } from '../azure/creation/provision.js';
import { ownershipTags, withUserTags } from '../azure/ownership/tags.js';
import { connectActions, createActions } from '../azure/role-actions.js';
import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import type { General, StepRequest, Teardown } from '../inputs/request.js';
import { access } from '../kubernetes/api/access-rule.js';
import { waitForApi } from '../kubernetes/api/kubectl-version.js';
import { waitForNodes } from '../kubernetes/nodes.js';
import { connectCluster, type ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { accessOf, openProvider, ownerOf } from '../step-context/provider.js';
import { withRunnerAddress } from '../step-context/runner-ranges.js';
import type { UndoEntry } from '../step-context/undo-log.js';
import { defineOperation, type Phase } from './operation.js';
import { connectPhase } from './shared-phases.js';

export interface CreateOptions {
  readonly general: General;
  readonly target: AzureTarget;
  readonly cluster: ClusterSpec;
  readonly teardown: Teardown;
}

export interface CreateRequest extends StepRequest<'create'>, CreateOptions {}

export interface Creation {
  readonly creationId: string;
  /** When `create-timeout` ends, on the scale of the clock, in milliseconds. */
  readonly deadlineMs: number;
}

/** How long the name of a new API server may take to resolve, and its nodes to join, in milliseconds. */
const apiTimeoutMs = 5 * 60_000;
const nodesTimeoutMs = 5 * 60_000;
/** The minimum for each of these waits if Azure used all of `create-timeout`: enough for one check. In milliseconds. */
const minTimeoutMs = 10_000;

/**
 * Creates the resource group, if absent, and the cluster, and waits until Azure has finished. The deletion of what it
 * creates is recorded before the first request, so that neither a cancel nor a lost response leaks resources.
 */
export async function provisionCluster(
  context: Context,
  azure: AzureClient,
  options: CreateOptions,
): Promise<Creation> {
  const { general, target, cluster: spec } = options;
  const { journal } = context;
  const deadlineMs = context.ports.clock.now() + spec.createTimeoutMs;
  const title = `Create cluster ${target.clusterName} in resource group ${target.resourceGroup}`;
  return journal.phase('create', title, async note => {
    const authorizedIpRanges = await withRunnerAddress(context, spec.authorizedIpRanges);
    const made = await provision(
      azure,
      {
        ...{ target, spec: { ...spec, authorizedIpRanges }, owner: ownerOf(context, general) },
        ...{ creationId: crypto.randomUUID(), deadlineMs },
      },
      guardCreation(context, options),
    );
    const { cluster } = made;
    note(`${cluster.name} runs Kubernetes ${cluster.kubernetesVersion} on ${cluster.vmSize} in ${cluster.location}.`);
    reportCreation(context, made);
    return { creationId: made.creationId, deadlineMs };
  });
}

/** Creates the cluster, waits for its nodes and leaves a private kubeconfig for the steps that follow. */
async function create(context: Context, request: CreateRequest): Promise<void> {
  const { target, cluster, teardown } = request;
  const provider = openProvider(context, target);
  const { creationId, deadlineMs } = await provisionCluster(context, provider.azure, request);
  await connectCluster(context, provider, open => waitUntilUsable(context, open, cluster.nodeCount, deadlineMs));
  // The post step deletes what is recorded from here on, at the end of the job.
  if (teardown.policy === 'on-failure') context.undoLog.settleAll(({ kind }) => kind === 'cluster');
  if (teardown.policy === 'on-success') context.undoLog.record(deletionOf(target, creationId));
}

/** Waits until the new API server responds and the requested nodes are Ready, within the time until the deadline. */
export async function waitUntilUsable(
  context: Context,
  { api }: ConnectedCluster,
  nodeCount: number,
  deadlineMs: number,
): Promise<void> {
  const within = (limitMs: number): number =>
    Math.max(minTimeoutMs, Math.min(limitMs, deadlineMs - context.ports.clock.now()));
  await context.journal.phase('nodes', `Wait for ${nodeCount} nodes`, async note => {
    const version = await waitForApi(api, within(apiTimeoutMs));
    const nodes = await waitForNodes(api, nodeCount, { timeoutMs: within(nodesTimeoutMs), progress: note });
    note(`The API server runs ${version.text}; ${nodes.length} nodes are Ready.`);
    context.journal.fact('Nodes', nodes.map(({ metadata }) => metadata.name).join(', '));
  });
}

/** Records that the created resources must be deleted, unless the policy keeps them when the step fails. */
function guardCreation({ undoLog }: Context, { target, teardown }: CreateOptions): (creationId: string) => void {
  let settle = (): void => undefined;
  return creationId => {
    if (teardown.policy !== 'always' && teardown.policy !== 'on-failure') return;
    // The creation of an earlier attempt may be adopted: the last ID is the valid one.
    const former = settle;
    settle = undoLog.record(deletionOf(target, creationId));
    former();
  };
}

function deletionOf(target: AzureTarget, creationId: string): UndoEntry {
  const { resourceGroup, clusterName } = target;
  return { kind: 'cluster', azure: accessOf(target), resourceGroup, clusterName, creationId };
}

function reportCreation({ ports, journal }: Context, made: Provisioned): void {
  const { cluster, createdCluster, createdGroup, creationId, expiresAt } = made;
  const outputs = {
    'resource-group': cluster.resourceGroup,
    'cluster-name': cluster.name,
    'cluster-id': cluster.id,
    'node-resource-group': cluster.nodeResourceGroup,
    location: cluster.location,
    'kubernetes-version': cluster.kubernetesVersion,
    'node-vm-size': cluster.vmSize,
    'created-cluster': createdCluster,
    'created-resource-group': createdGroup,
    'creation-id': creationId,
    'expires-at': expiresAt,
  };
  for (const [name, value] of Object.entries(outputs)) ports.outputs.set(name, value);
  journal.fact('Resource group', `${cluster.resourceGroup}${createdGroup ? ' (created)' : ''}`);
  journal.fact('Cluster', `${cluster.name}${createdCluster ? ' (created)' : ' (reused)'}`);
  journal.fact('Location', cluster.location);
  journal.fact('Kubernetes', cluster.kubernetesVersion);
  journal.fact('Node size', cluster.vmSize);
}

export function createPhase({ general, target, cluster }: Omit<CreateOptions, 'teardown'>): Phase {
  return {
    name: 'create',
    limitMs: cluster.createTimeoutMs,
    commands({ context }) {
      const stamp = { creationId: 'CREATION-ID', createdAt: context.ports.clock.date() };
      const expiry = cluster.ttlMs === undefined ? {} : { ttlMs: cluster.ttlMs };
      const tags = withUserTags(cluster.tags, ownershipTags(ownerOf(context, general), { ...stamp, ...expiry }));
      const plan = { ref: target, spec: cluster, tags, upgradesOff: cluster.ttlMs !== undefined };
      return [
        readGroup(target),
        createGroup(target, cluster.location, tags),
        createCluster(plan, cluster.nodeVmSizes[0] ?? ''),
        readCluster(target),
      ].map(azureStep);
    },
  };
}

export const createOperation = defineOperation<CreateRequest>({
  name: 'create',
  permissions: {
    access: [access('cluster', 'Node', ['list', 'watch'])],
    actions: [...createActions, ...connectActions],
  },
  readRequest: ({ general, azure, cluster, teardown }) => ({
    operation: 'create',
    general,
    target: azure,
    cluster,
    teardown,
  }),
  phases: request => [createPhase(request), connectPhase(request.target)],
  run: create,
});
