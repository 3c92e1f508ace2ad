import { type AzureClient, createAzure } from '../../../src/azure/arm/client.js';
import { existingLogin, type AzureSession } from '../../../src/azure/cli/login.js';
import type { MachineRef } from '../../../src/azure/machines/machine-requests.js';
import { type Owner, ownershipTags, type Tags } from '../../../src/azure/ownership/tags.js';
import type { ClusterRef } from '../../../src/azure/ref.js';
import type { ClusterSpec } from '../../../src/azure/spec.js';
import type { CallRecord } from '../../../src/journal/model.js';
import { ManualClock, MemoryFiles, RecordingLog, someRun } from '../fakes.js';
import { type Answer, ScriptedAzure, subscriptionId } from './scripted-azure.js';

export const ref: ClusterRef = {
  subscriptionId,
  resourceGroup: 'rg-shop',
  clusterName: 'aks-shop',
};
/** A node of the cluster. */
export const machine: MachineRef = {
  subscriptionId,
  resourceGroup: 'MC_rg-shop_aks-shop_eastus',
  scaleSet: 'aks-np-1',
  instanceId: '3',
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

const ownFields = ['id', 'name', 'location', 'tags', 'eTag'];

/** A managed cluster in the format of the Azure REST API. The changes are of its own fields or of its properties. */
export function clusterJson(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const own = Object.entries(changes).filter(([key]) => ownFields.includes(key));
  const inner = Object.entries(changes).filter(([key]) => !ownFields.includes(key));
  return {
    id: clusterId,
    name: 'aks-shop',
    location: 'eastus',
    eTag: 'etag-1',
    tags: tagsOf(),
    ...Object.fromEntries(own),
    properties: {
      nodeResourceGroup: 'MC_rg-shop_aks-shop_eastus',
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      currentKubernetesVersion: '1.35.4',
      fqdn: 'aks-shop.hcp.eastus.azmk8s.io',
      agentPoolProfiles: [
        {
          name: 'nodepool1',
          vmSize: 'Standard_D2s_v5',
          count: 3,
          enableAutoScaling: true,
          provisioningState: 'Succeeded',
        },
      ],
      ...Object.fromEntries(inner),
    },
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

export function prints(json: unknown): Answer {
  return { stdout: JSON.stringify(json) };
}

export function fails(stderr: string, code = 1): Answer {
  return { code, stderr: `ERROR: ${stderr}` };
}

/** An error as Azure sends it. */
export function refused(status: number, code: string, message = 'no', headers: Answer['headers'] = {}): Answer {
  return { status, headers, stdout: JSON.stringify({ error: { code, message } }) };
}

export const absent = fails('(ResourceNotFound) The Resource was not found.\nCode: ResourceNotFound', 3);

export interface Lab {
  readonly azure: AzureClient;
  readonly runner: ScriptedAzure;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  /** The requests in the journal. */
  readonly calls: readonly CallRecord[];
}

/** A client with scripted answers, a manual clock and pauses without random spread. */
export function labWith(
  script: (runner: ScriptedAzure) => unknown,
  session: AzureSession = existingLogin(),
  signal = new AbortController().signal,
  clock = new ManualClock(),
): Lab {
  const [runner, log] = [new ScriptedAzure(), new RecordingLog()];
  script(runner);
  const calls: CallRecord[] = [];
  const journal = { call: (record: CallRecord) => void calls.push(record), elapsed: () => clock.now() };
  const hide = (secret: string): void => {
    log.mask(secret);
  };
  const ports = { runner, https: runner, clock, log, files: new MemoryFiles(), run: someRun, journal, hide };
  return { azure: createAzure(ports, session, signal, () => 0), runner, clock, log, calls };
}

/** The calls without flags, conditions and bodies. */
export function verbs(runner: ScriptedAzure): readonly string[] {
  return runner.lines().map(line => line.split(line.startsWith('az ') ? ' -' : / if-match | \{/)[0] ?? '');
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
