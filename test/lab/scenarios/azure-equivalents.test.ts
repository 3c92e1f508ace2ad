import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ArmRequest, equivalentCommand, pathOf } from '../../../src/azure/arm/request.js';
import * as clusters from '../../../src/azure/cluster/cluster-requests.js';
import * as groups from '../../../src/azure/cluster/group-requests.js';
import * as machines from '../../../src/azure/machines/machine-requests.js';
import * as checks from '../../../src/azure/preflight/check-requests.js';
import { hangMs } from './support/limits.js';
import { azure, folder, runLine, startBench, stopBench } from './support/stand-in-bench.js';

/**
 * The log and the dry run name an az command for each request that the action sends itself. Here the real az runs these
 * commands, and must send the same requests.
 */
jest.setTimeout(hangMs);

const location = 'eastus';
const tags = { 'managed-by': 'us', note: "it's a=b", empty: '' };
const pool = 'nodepool1';
const group = () => ({ subscriptionId: azure.subscriptionId, resourceGroup: 'rg' });
const otherGroup = () => ({ ...group(), resourceGroup: 'other' });
const cluster = (clusterName: string) => ({ ...group(), clusterName });
/** Returns a cluster as the stand-in has it. */
const placed = (clusterName: string) => {
  const found = azure.resources().clusters.find(({ name }) => name === clusterName);
  if (found === undefined) throw new Error(`there is no cluster ${clusterName}`);
  return found;
};
const scaleSet = () => {
  const [found] = azure.resources().scaleSets;
  if (found === undefined) throw new Error('there is no scale set');
  return found;
};
const machine = (instanceId = '1') => {
  const { group: resourceGroup, name } = scaleSet();
  return { subscriptionId: azure.subscriptionId, resourceGroup, scaleSet: name, instanceId };
};

/** Every write, by the name of its builder, in an order in which Azure accepts them. */
const writes: Readonly<Record<string, () => ArmRequest>> = {
  createGroup: () => groups.createGroup(otherGroup(), location, tags),
  mergeTags: () => groups.mergeTags(placed('aks').id, tags),
  stopMachine: () => machines.stopMachine(machine()),
  startMachine: () => machines.startMachine(machine()),
  'startMachine, without a wait': () => machines.startMachine(machine(), { wait: false }),
  restartMachine: () => machines.restartMachine(machine()),
  stopKubelet: () => machines.stopKubelet(machine(), 60),
  startKubelet: () => machines.startKubelet(machine()),
  listCredentials: () => clusters.listCredentials(cluster('aks'), 'user', join(folder, 'kubeconfig')),
  'listCredentials, of the administrator': () =>
    clusters.listCredentials(cluster('aks'), 'admin', join(folder, 'kubeconfig')),
  deleteMachine: () => machines.deleteMachine(cluster('aks'), pool, scaleSet().instances[2]?.computerName ?? ''),
  deleteCluster: () => clusters.deleteCluster(cluster('second'), ''),
  'deleteCluster, with an etag': () => clusters.deleteCluster(cluster('third'), placed('third').etag),
  deleteGroup: () => groups.deleteGroup(otherGroup()),
};

/** Every read. */
const reads: Readonly<Record<string, () => ArmRequest>> = {
  readGroup: () => groups.readGroup(group()),
  'readGroup, in the default subscription': () => groups.readGroup({ ...group(), subscriptionId: '' }),
  listGroups: () => groups.listGroups(azure.subscriptionId, 'managed-by', 'us'),
  listResources: () => groups.listResources(group()),
  listActivity: () => groups.listActivity(azure.subscriptionId, placed('aks').id, new Date(Date.now() - 60_000)),
  readCluster: () => clusters.readCluster(cluster('aks')),
  listClusters: () => clusters.listClusters(azure.subscriptionId),
  readPower: () => machines.readPower(machine()),
  listInstances: () => machines.listInstances(machine(), scaleSet().name),
  readPool: () => machines.readPool(cluster('aks'), pool),
  readSubscription: () => checks.readSubscription(azure.subscriptionId),
  readProvider: () => checks.readProvider(azure.subscriptionId, 'Microsoft.Compute'),
  listPermissions: () => checks.listPermissions(azure.subscriptionId),
  listSizes: () => checks.listSizes(azure.subscriptionId, location),
  listUsage: () => checks.listUsage(azure.subscriptionId, location),
  listVersions: () => checks.listVersions(azure.subscriptionId, location),
};

/** What these modules export besides: parts of requests, and an az process. */
const parts = ['clusterPath', 'groupPath', 'inGroup', 'updatePoolBounds'];

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

/** Returns the comparable part of a request: names in paths have any case, and each client has its own api-version. */
function comparable(method: string, path: string, query: string, body: unknown, ifMatch: string | undefined): Sent {
  const parameters = new URLSearchParams(query);
  parameters.delete('api-version');
  return { method, path: decodeURIComponent(path).toLowerCase(), query: Object.fromEntries(parameters), body, ifMatch };
}

function expectedOf(request: ArmRequest): Sent {
  const { pathname, search } = new URL(pathOf(request, azure.subscriptionId), 'https://management.azure.com');
  return comparable(request.method, pathname, search, request.body, request.ifMatch);
}

/** Runs the az command of a request. Returns the requests of az with that method; az may read something first. */
async function sentByAz(request: ArmRequest): Promise<readonly Sent[]> {
  const before = azure.requests().length;
  const { code, stderr } = await runLine(equivalentCommand(request));
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await azure.idle();
  return azure
    .requests()
    .slice(before)
    .filter(
      ({ method, path }) => (method === 'GET') === (request.method === 'GET') && path.startsWith('/subscriptions/'),
    )
    .map(({ method, path, query, body, ifMatch }) =>
      // The entity tags of AKS have no quotes; some versions of az add them (src/azure/arm/unchanged.ts).
      comparable(method, path, query, withoutNoParameters(path, body), ifMatch?.replaceAll('"', '')),
    );
}

/** The only difference of a body: az names the parameters of a script although there are none. */
function withoutNoParameters(path: string, body: unknown): unknown {
  if (!/\/runCommand$/i.test(path)) return body;
  const { parameters, ...others } = body as { readonly parameters: unknown };
  expect(parameters).toEqual([]);
  return others;
}

beforeAll(async () => {
  await startBench();
  azure.tune({ lroMs: 20, pollAfterMs: 20 });
  azure.place.group({ name: 'rg' });
  for (const name of ['aks', 'second', 'third']) await azure.place.cluster({ group: 'rg', name });
  // Otherwise it has no credentials.
  placed('aks').hosted = true;
});

afterAll(stopBench);

it('has a sample of every request', async () => {
  const sources = join(dirname(fileURLToPath(import.meta.url)), '../../../src/azure');
  const files = (await readdir(sources, { recursive: true })).filter(name => name.endsWith('-requests.js'));
  const modules = await Promise.all(
    files.map(file => import(pathToFileURL(join(sources, file)).href) as Promise<Readonly<Record<string, unknown>>>),
  );
  const sampled = Object.keys({ ...writes, ...reads }).map(title => title.split(',')[0]);
  expect(new Set([...sampled, ...parts])).toEqual(new Set(modules.flatMap(module => Object.keys(module))));
});

it.each(Object.keys(reads))('%s: az rest sends the same request', async name => {
  const request = reads[name]?.() as ArmRequest;
  expect(request.method).toBe('GET');
  expect(await sentByAz(request)).toEqual([expectedOf(request)]);
});

it.each(Object.keys(writes))('%s: az sends the same request', async name => {
  const request = writes[name]?.() as ArmRequest;
  expect(request.method).not.toBe('GET');
  expect(await sentByAz(request)).toEqual([expectedOf(request)]);
});
