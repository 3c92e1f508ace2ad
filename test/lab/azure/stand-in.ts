import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:https';
import { createTlsMaterial } from '../../support/tls.js';
import { activityLogRoutes, createActivityLog } from './activity-log.js';
import type { Arm } from './arm.js';
import { catalogueRoutes } from './catalogue.js';
import { clusterRoutes } from './clusters.js';
import { prepareEnvironment } from './environment.js';
import { createFaultInjection } from './fault-injection.js';
import type { Fault } from './fault.js';
import { groupRoutes } from './groups.js';
import type { ClusterHost } from './host.js';
import { identityRoutes } from './identity.js';
import { startJobIdentity } from './job-identity.js';
import { close, listen } from './listening.js';
import { managedIdentityRoute } from './managed-identity.js';
import { azureHosts, clientId, clientSecret, subscriptionId, tenantId } from './names.js';
import { operationRoutes } from './operation-routes.js';
import { createOperations } from './operations.js';
import { createPlacement, type Placement } from './placement.js';
import { growPool, poolRoutes } from './pools.js';
import { createProxy } from './proxy.js';
import { allResources, resourceRoutes } from './resources.js';
import { scaleSetRoutes } from './scale-sets.js';
import { createListener, type RecordedRequest } from './server.js';
import { defaultSettings, type Settings } from './settings.js';
import { emptyState, type Group, type ManagedCluster, type OtherResource, type ScaleSet } from './state.js';
import { subscriptionRoutes } from './subscriptions.js';
import { createTokens, federationAudience } from './tokens.js';
import { versionCheckHosts } from './version-check.js';

/** The current contents of the subscription. */
export interface Inventory {
  readonly groups: readonly Group[];
  readonly clusters: readonly ManagedCluster[];
  readonly scaleSets: readonly ScaleSet[];
  /** Everything inside groups, including clusters and scale sets. */
  readonly resources: readonly OtherResource[];
}

/** A small Azure on loopback that works with the real az. */
export interface AzureStandIn {
  /** The environment that leads az to the stand-in, without a login. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The variables of a job with `permissions: id-token: write`: the address and the secret of the token service of
   * GitHub.
   */
  readonly jobIdentity: Readonly<Record<string, string>>;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly place: Placement;
  /** Returns a federated token, as the token service of the job issues it. */
  issueAssertion(): string;
  /** Adds a fault. The returned function removes it. */
  inject(fault: Fault): () => void;
  tune(change: Partial<Settings>): void;
  /** Returns all requests so far, oldest first. */
  requests(): readonly RecordedRequest[];
  /** Returns the outside hosts of refused requests; empty after a good run. */
  refused(): readonly string[];
  /** Returns what the stand-in itself, or the host behind it, could not do; empty after a good run. */
  problems(): readonly string[];
  resources(): Inventory;
  /** Adds a machine to a pool of a cluster, as its autoscaler does. */
  growPool(clusterId: string): Promise<void>;
  /** Resolves when every operation has ended, including deletions that no client waits for. */
  idle(): Promise<void>;
  /** Ends the running operations, and forgets all resources and requests. */
  clear(): Promise<void>;
  /** Ends the servers and the running operations. The Kubernetes of the clusters stays with their host. */
  stop(): Promise<void>;
}

/**
 * Starts the stand-in on free ports of 127.0.0.1. Needs `openssl` on PATH.
 * @param folder for certificates and the files of az; created when absent
 */
export async function startAzureStandIn({
  folder,
  host,
}: {
  folder: string;
  host: ClusterHost;
}): Promise<AzureStandIn> {
  await mkdir(folder, { recursive: true });
  const hosts = [...azureHosts, ...versionCheckHosts];
  const material = await createTlsMaterial(folder, hosts);
  const settings = defaultSettings();
  const requests: RecordedRequest[] = [];
  const problems: string[] = [];
  const refused: string[] = [];
  const refuse = (address: string): void => {
    refused.push(address);
  };
  const report = (problem: string): void => {
    problems.push(problem);
  };
  const activity = createActivityLog();
  const operations = createOperations(settings, activity, report);
  const arm: Arm = { state: emptyState(), settings, host, operations, activity };
  const tokens = createTokens(settings);
  const faults = createFaultInjection();
  const routes = [
    ...identityRoutes(settings, tokens),
    managedIdentityRoute(settings, tokens),
    ...subscriptionRoutes(settings),
    ...groupRoutes(arm),
    ...resourceRoutes(arm),
    ...clusterRoutes(arm),
    ...poolRoutes(arm),
    ...scaleSetRoutes(arm),
    ...catalogueRoutes(arm),
    ...operationRoutes(arm),
    ...activityLogRoutes(activity),
  ];
  const listener = createListener({
    routes,
    faults,
    tokens,
    settings,
    record: request => requests.push(request),
    refuse,
    report,
  });
  // Never listens itself: its connections come from the tunnels of the proxy.
  const tlsServer = createServer({ key: material.key, cert: material.cert }, listener);
  const proxy = createProxy(tlsServer, hosts, listener, refuse);
  const jobIdentity = await startJobIdentity(tokens);
  const env = await prepareEnvironment(folder, { proxyPort: await listen(proxy.server), caFile: material.caFile });

  return {
    env,
    jobIdentity: jobIdentity.env,
    subscriptionId,
    tenantId,
    clientId,
    clientSecret,
    place: createPlacement(arm),
    issueAssertion: () => tokens.issueAssertion(federationAudience),
    inject: fault => faults.inject(fault),
    tune: change => {
      Object.assign(settings, change);
    },
    requests: () => [...requests],
    refused: () => [...refused],
    problems: () => [...problems],
    resources: () => ({
      groups: [...arm.state.groups.values()],
      clusters: [...arm.state.clusters.values()],
      scaleSets: [...arm.state.scaleSets.values()],
      resources: allResources(arm),
    }),
    growPool: clusterId => growPool(arm, clusterId),
    idle: () => operations.idle(),
    async clear() {
      await operations.stop();
      for (const kept of Object.values(arm.state) as readonly Map<string, unknown>[]) kept.clear();
      requests.length = 0;
    },
    async stop() {
      await operations.stop();
      proxy.closeTunnels();
      await Promise.all([close(proxy.server), close(jobIdentity.server)]);
    },
  };
}
