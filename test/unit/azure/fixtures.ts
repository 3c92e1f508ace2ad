import { type Az, createAz } from '../../../src/azure/az.js';
import type { ClusterRef } from '../../../src/azure/commands.js';
import { existingLogin, type AzureSession } from '../../../src/azure/login.js';
import type { ClusterSpec } from '../../../src/azure/spec.js';
import { type Owner, ownershipTags, type Tags } from '../../../src/azure/tags.js';
import type { CommandResult } from '../../../src/runtime/ports.js';
import { ManualClock, RecordingLog, ScriptedRunner } from '../fakes.js';

export const ref: ClusterRef = {
  subscriptionId: '0b1f6471-1bf0-4dda-aec3-cb9272f09590',
  resourceGroup: 'rg-shop',
  clusterName: 'aks-shop',
};
export const owner: Owner = { repository: 'acme/shop', runId: '4711', instance: 'check-0', attempt: '1' };

/** The tags of a resource that the owner created on 1 January 2026 with a time to live of one hour. */
export function tagsOf(who: Owner = owner, creationId = 'c-1'): Tags {
  return ownershipTags(who, { creationId, createdAt: new Date(Date.UTC(2026, 0, 1)), ttlMs: 3_600_000 });
}

export const spec: ClusterSpec = {
  location: 'eastus',
  existingCluster: 'fail',
  nodeCount: 3,
  minNodes: 3,
  maxNodes: 5,
  nodeVmSizes: ['Standard_D2s_v5', 'Standard_D2as_v5'],
  kubernetesVersion: '',
  tier: 'free',
  zones: [],
  nodeOsDisk: '',
  authorizedIpRanges: [],
  tags: {},
  nodeResourceGroup: '',
  createTimeoutMs: 25 * 60_000,
  extraCreateArgs: [],
};

export const clusterId =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-shop/providers/Microsoft.ContainerService/managedClusters/aks-shop';

/** The output of `az aks show`, in the format of Azure CLI 2.91. */
export function clusterJson(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: clusterId,
    name: 'aks-shop',
    resourceGroup: 'rg-shop',
    nodeResourceGroup: 'MC_rg-shop_aks-shop_eastus',
    location: 'eastus',
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    currentKubernetesVersion: '1.35.4',
    fqdn: 'aks-shop.hcp.eastus.azmk8s.io',
    eTag: 'etag-1',
    tags: tagsOf(),
    agentPoolProfiles: [{ name: 'nodepool1', vmSize: 'Standard_D2s_v5', count: 3, enableAutoScaling: true }],
    ...changes,
  };
}

export function groupJson(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-shop',
    name: 'rg-shop',
    location: 'eastus',
    managedBy: null,
    properties: { provisioningState: 'Succeeded' },
    tags: tagsOf(),
    ...changes,
  };
}

export function prints(json: unknown): Partial<CommandResult> {
  return { stdout: JSON.stringify(json) };
}

export function fails(stderr: string, code = 1): Partial<CommandResult> {
  return { code, stderr: `ERROR: ${stderr}` };
}

export const absent = fails('(ResourceNotFound) The Resource was not found.\nCode: ResourceNotFound', 3);

export interface Lab {
  readonly az: Az;
  readonly runner: ScriptedRunner;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
}

/** An Az with a scripted runner, a manual clock and pauses without random spread. */
export function labWith(
  script: (runner: ScriptedRunner) => unknown,
  session: AzureSession = existingLogin(),
  signal = new AbortController().signal,
): Lab {
  const [runner, clock, log] = [new ScriptedRunner(), new ManualClock(), new RecordingLog()];
  script(runner);
  return { az: createAz({ runner, clock, log }, session, signal, () => 0), runner, clock, log };
}

/** The executed commands without their flags. */
export function verbs(runner: ScriptedRunner): readonly string[] {
  return runner.commands.map(({ argv }) =>
    argv
      .slice(
        0,
        argv.findIndex(word => word.startsWith('-')),
      )
      .join(' '),
  );
}

/** Returns the error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}
