import { randomUUID } from 'node:crypto';
import type { Az } from '../azure/az.js';
import type { Cluster } from '../azure/cluster.js';
import { ensureCluster } from '../azure/clusters.js';
import { ensureGroup } from '../azure/groups.js';
import type { Tags } from '../azure/tags.js';
import { expiryValue, ownershipTags, withUserTags } from '../azure/tags.js';
import type { AzureTarget, ClusterSpec, CreateRequest, General, Teardown } from '../inputs/request.js';
import { waitForApi } from '../kubernetes/versions.js';
import { waitForNodes } from '../kubernetes/nodes.js';
import type { Context } from './context.js';
import { accessOf, ownerOf, refOf } from './azure-session.js';
import type { Undo } from './ledger.js';
import type { OpenCluster } from './open-cluster.js';
import { onCluster } from './open-cluster.js';
import { withRunnerAddress } from './runner-ranges.js';

export interface CreateOptions {
  readonly general: General;
  readonly target: AzureTarget;
  readonly cluster: ClusterSpec;
  readonly teardown: Teardown;
}

/** How long a fresh API server's name may take to resolve, and its nodes to join, in milliseconds. */
const apiTimeoutMs = 5 * 60_000;
const nodesTimeoutMs = 5 * 60_000;

/**
 * Makes the resource group, if absent, and the cluster, and waits until Azure has finished. What it makes is recorded
 * for deletion before the first request, so that neither a cancel nor a lost answer leaks it.
 */
export async function createCluster(context: Context, az: Az, options: CreateOptions): Promise<Cluster> {
  const { general, target, cluster: spec } = options;
  const { journal, ports } = context;
  const title = `Create cluster ${target.clusterName} in resource group ${target.resourceGroup}`;
  return journal.phase('create', title, async note => {
    await az.session.freshen(context.signal);
    const owner = ownerOf(context, general);
    const own = { creationId: randomUUID(), createdAt: ports.clock.date() };
    const expiry = spec.ttlMs === undefined ? {} : { ttlMs: spec.ttlMs };
    const tagsFor = (creationId: string): Tags =>
      withUserTags(spec.tags, ownershipTags(owner, { ...own, ...expiry, creationId }));

    const guard = guardCreation(context, options);
    const groupPlan = { ref: refOf(target), location: spec.location, owner, tags: tagsFor(own.creationId) };
    const group = await ensureGroup(az, groupPlan, () => {
      guard(own.creationId);
    });
    const creationId = group.adoptedCreationId || own.creationId;
    const plan = {
      ref: refOf(target),
      spec: { ...spec, authorizedIpRanges: await withRunnerAddress(context, spec.authorizedIpRanges) },
      tags: tagsFor(creationId),
      upgradesOff: spec.ttlMs !== undefined,
      vmSizes: spec.nodeVmSizes,
      claim: { existingCluster: spec.existingCluster, owner, creationId },
      groupCreated: group.created,
      timeoutMs: spec.createTimeoutMs,
    };
    const { cluster, created, ...made } = await ensureCluster(az, plan, guard);
    note(`${cluster.name} runs Kubernetes ${cluster.kubernetesVersion} on ${cluster.vmSize} in ${cluster.location}.`);
    tell(context, cluster, { created, group: group.created, creationId: made.creationId });
    if (spec.ttlMs !== undefined) {
      ports.outputs.set('expires-at', expiryValue(own.createdAt, spec.ttlMs));
    }
    return cluster;
  });
}

/** Operation create: the cluster with Ready nodes, and a private kubeconfig for the steps that follow. */
export async function create(context: Context, az: Az, request: CreateRequest): Promise<void> {
  const { target, cluster, teardown } = request;
  await createCluster(context, az, request);
  await onCluster(context, { target, az }, open => waitUntilUsable(context, open, cluster.nodeCount));
  // It was recorded for the case that the step fails; now it is meant to stay for the steps after this one.
  if (teardown.policy === 'on-failure') {
    for (const undo of context.ledger.open()) if (undo.kind === 'cluster') context.ledger.settle(undo);
  }
}

/** Waits until the new API server answers and the wanted nodes are Ready. */
export async function waitUntilUsable(context: Context, { api }: OpenCluster, nodeCount: number): Promise<void> {
  await context.journal.phase('nodes', `Wait for ${nodeCount} nodes`, async note => {
    const version = await waitForApi(api, apiTimeoutMs);
    const nodes = await waitForNodes(api, nodeCount, { timeoutMs: nodesTimeoutMs, progress: note });
    note(`The API server runs ${version.text}; ${nodes.length} nodes are Ready.`);
    context.journal.fact('Nodes', nodes.map(({ metadata }) => metadata.name).join(', '));
  });
}

/** Records, once, that what is made now must be deleted, unless the policy keeps it when the step fails. */
function guardCreation(context: Context, { target, teardown }: CreateOptions): (creationId: string) => void {
  let guarded = '';
  return creationId => {
    if (guarded === creationId || !['always', 'on-failure'].includes(teardown.policy)) return;
    guarded = creationId;
    const { resourceGroup, clusterName } = target;
    const undo: Undo = { kind: 'cluster', azure: accessOf(target), resourceGroup, clusterName, creationId };
    context.ledger.record(undo);
  };
}

function tell(
  { ports, journal }: Context,
  cluster: Cluster,
  made: { readonly created: boolean; readonly group: boolean; readonly creationId: string },
): void {
  const outputs = {
    'resource-group': cluster.resourceGroup,
    'cluster-name': cluster.name,
    'cluster-id': cluster.id,
    'node-resource-group': cluster.nodeResourceGroup,
    location: cluster.location,
    'kubernetes-version': cluster.kubernetesVersion,
    'node-vm-size': cluster.vmSize,
    'created-cluster': made.created,
    'created-resource-group': made.group,
    'creation-id': made.creationId,
  };
  for (const [name, value] of Object.entries(outputs)) ports.outputs.set(name, value);
  journal.fact('Resource group', `${cluster.resourceGroup}${made.group ? ' (created)' : ''}`);
  journal.fact('Cluster', `${cluster.name}${made.created ? ' (created)' : ' (reused)'}`);
  journal.fact('Location', cluster.location);
  journal.fact('Kubernetes', cluster.kubernetesVersion);
  journal.fact('Node size', cluster.vmSize);
}
