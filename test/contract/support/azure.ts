import type { ArmReply, ArmServer } from './arm.js';
import type { Invocation, Programs } from './programs.js';
import type { Answer } from './protocol.js';

type Tags = Readonly<Record<string, string>>;

interface Group {
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
}

interface Cluster extends Group {
  readonly group: string;
  /** The states that a read returns, one each; the last stays. */
  readonly states: string[];
}

/** A small Azure behind the fake az and the server. A test may change it at any time. */
export interface FakeAzure {
  readonly arm: ArmServer;
  readonly groups: Map<string, Group>;
  /** By name. */
  readonly clusters: Map<string, Cluster>;
  /** The states of a cluster after its creation was requested. */
  creation: readonly string[];
  /** Moves every expiry into the past. */
  expire(): void;
}

export const subscriptionId = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';
/** The token of the fake login, which no output of a step may contain. */
export const accessToken = 'eyJ0eXAiOiJKV1QifQ.c2VjcmV0LXRva2Vu.c2lnbmF0dXJl';

/** Scripts the fake az with the outputs of Azure CLI 2.91, and the server with the responses of Azure. */
export function scriptAzure(programs: Programs, arm: ArmServer, kubeconfig: string): FakeAzure {
  const groups = new Map<string, Group>();
  const clusters = new Map<string, Cluster>();
  const expire = <T extends Group>(things: Map<string, T>): void => {
    for (const [name, thing] of things)
      things.set(name, { ...thing, tags: { ...thing.tags, 'expires-at': '1700000000' } });
  };
  const azure: FakeAzure = {
    ...{ arm, groups, clusters, creation: ['Succeeded'] },
    expire: () => {
      expire(groups);
      expire(clusters);
    },
  };
  scriptAz(azure, programs);
  scriptGroups(azure);
  scriptClusters(azure, kubeconfig);
  scriptChecks(arm);
  return azure;
}

function scriptAz(azure: FakeAzure, programs: Programs): void {
  const on = (words: string, reply: (invocation: Invocation) => Answer): void => {
    programs.on(new RegExp(`^az ${words}( |$)`), reply);
  };
  on('version', () => json({ 'azure-cli': '2.91.0', extensions: {} }));
  on('login', () => json([{ id: subscriptionId, state: 'Enabled' }]));
  on('account get-access-token', () => {
    const expires = Math.floor(Date.now() / 1000) + 3600;
    return json({ accessToken, expires_on: expires, subscription: subscriptionId, tenant: 'tenant-1' });
  });
  on('cloud show', () => json({ endpoints: { resourceManager: azure.arm.endpoint } }));
  on('aks create', invocation => {
    beginCluster(azure, invocation);
    return {};
  });
}

const inGroup = '^METHOD /subscriptions/[^/]+/resourceGroups/([^/]+)';

function scriptGroups({ arm, groups, clusters }: FakeAzure): void {
  const group = (method: string): RegExp => new RegExp(`${inGroup.replace('METHOD', method)}$`, 'i');
  const nameIn = (path: string): string => path.split('/')[4] ?? '';
  arm.on(group('GET'), ({ path }) => {
    const found = groups.get(nameIn(path));
    return found ? ok(groupJson(found)) : absent('ResourceGroupNotFound', 'Resource group could not be found.');
  });
  arm.on(group('PUT'), ({ path, body }) => {
    const made = { name: nameIn(path), ...(body as Pick<Group, 'location' | 'tags'>) };
    groups.set(made.name, made);
    return { status: 201, body: groupJson(made) };
  });
  arm.on(group('DELETE'), ({ path }) => {
    const name = nameIn(path);
    if (!groups.delete(name)) return absent('ResourceGroupNotFound', 'Resource group could not be found.');
    for (const cluster of clusters.values()) if (cluster.group === name) clusters.delete(cluster.name);
    return { status: 202, headers: { location: `${arm.endpoint}/subscriptions/${subscriptionId}/operationresults/1` } };
  });
  arm.on(/^GET \/subscriptions\/[^/]+\/operationresults\/1$/, () => ({ status: 200 }));
  arm.on(/^GET \/subscriptions\/[^/]+\/resourceGroups$/, () => ok({ value: [...groups.values()].map(groupJson) }));
  arm.on(new RegExp(`${inGroup.replace('METHOD', 'GET')}/resources$`), ({ path }) => {
    const inside = [...clusters.values()].filter(cluster => cluster.group === nameIn(path));
    return ok({ value: inside.map(({ group: name, name: cluster }) => ({ id: idOf(name, cluster) })) });
  });
}

function scriptClusters({ arm, clusters }: FakeAzure, kubeconfig: string): void {
  const cluster = (method: string): RegExp => new RegExp(`${inGroup.replace('METHOD', method)}/.*/managedClusters/`);
  const nameIn = (path: string): string => path.split('/').at(-1) ?? '';
  arm.on(cluster('GET'), ({ path }) => {
    const found = clusters.get(nameIn(path));
    if (!found) return absent('ResourceNotFound', 'The Resource was not found.');
    const { states } = found;
    const state = (states.length > 1 ? states.shift() : states[0]) ?? '';
    return ok(clusterJson(found, state));
  });
  const value = Buffer.from(kubeconfig).toString('base64');
  arm.on(/^POST .*\/listClusterUserCredential$/, () => ok({ kubeconfigs: [{ name: 'clusterUser', value }] }));
  arm.on(cluster('PATCH'), () => ({ status: 200 }));
  arm.on(cluster('DELETE'), ({ path }) => ({ status: clusters.delete(nameIn(path)) ? 202 : 204 }));
  arm.on(/^GET \/subscriptions\/[^/]+\/providers\/Microsoft.ContainerService\/managedClusters$/, () =>
    ok({ value: [...clusters.values()].map(found => clusterJson(found, found.states[0] ?? '')) }),
  );
}

function scriptChecks(arm: ArmServer): void {
  const inSubscription = (path: string, body: object): void => {
    arm.on(new RegExp(`^GET /subscriptions/[^/]+${path}$`), () => ok(body));
  };
  inSubscription('', { subscriptionId, displayName: 'Shop' });
  inSubscription('/providers/Microsoft\\.\\w+', { registrationState: 'Registered' });
  inSubscription('/providers/Microsoft.Authorization/permissions', { value: [{ actions: ['*'], notActions: [] }] });
  inSubscription('/providers/Microsoft.Compute/skus', { value: sizes });
  inSubscription('/providers/Microsoft.Compute/locations/\\w+/usages', {
    value: [{ name: { value: 'cores' }, currentValue: 0, limit: 100 }],
  });
  inSubscription('/providers/Microsoft.Insights/eventtypes/management/values', { value: [] });
}

/** Does what Azure does with the request of `az aks create`, whether or not az lives to report it. */
export function beginCluster(azure: FakeAzure, { argv }: Pick<Invocation, 'argv'>): void {
  const name = valueOf(argv, '--name');
  const [group, location] = [valueOf(argv, '--resource-group'), valueOf(argv, '--location')];
  azure.clusters.set(name, { name, group, location, tags: tagsOf(argv), states: [...azure.creation] });
}

/** Returns the value after a flag. */
function valueOf(argv: readonly string[], flag: string): string {
  return argv.includes(flag) ? (argv[argv.indexOf(flag) + 1] ?? '') : '';
}

/** Returns the tags of a command line: the arguments from `--tags` up to the next flag. */
export function tagsOf(argv: readonly string[]): Tags {
  const rest = argv.slice(argv.indexOf('--tags') + 1);
  const end = rest.findIndex(word => word.startsWith('--'));
  const pairs = (end < 0 ? rest : rest.slice(0, end)).map((pair): [string, string] => {
    const cut = pair.indexOf('=');
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  });
  return Object.fromEntries(pairs);
}

const capabilities = [
  { name: 'vCPUs', value: '2' },
  { name: 'MemoryGB', value: '8' },
];
const sizes = ['Standard_D2s_v5', 'Standard_D2as_v5', 'Standard_D2s_v4'].map(name => ({
  resourceType: 'virtualMachines',
  name,
  family: 'standardDSv5Family',
  locationInfo: [{ zones: ['1', '2', '3'] }],
  restrictions: [],
  capabilities,
}));

function groupJson({ name, location, tags }: Group): object {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
  return { id, name, location, properties: { provisioningState: 'Succeeded' }, tags };
}

function clusterJson({ name, group, location, tags }: Cluster, provisioningState: string): object {
  return {
    id: idOf(group, name),
    name,
    location,
    eTag: 'etag-1',
    tags,
    properties: {
      nodeResourceGroup: `MC_${group}_${name}_${location}`,
      provisioningState,
      powerState: { code: 'Running' },
      currentKubernetesVersion: '1.36.3',
      fqdn: `${name}.hcp.${location}.azmk8s.io`,
      agentPoolProfiles: [
        { name: 'nodepool1', vmSize: 'Standard_D2s_v5', count: 3, enableAutoScaling: true, provisioningState },
      ],
    },
  };
}

function idOf(group: string, cluster: string): string {
  const provider = 'providers/Microsoft.ContainerService/managedClusters';
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/${provider}/${cluster}`;
}

function json(value: object): Answer {
  return { stdout: JSON.stringify(value) };
}

function ok(body: object): ArmReply {
  return { status: 200, body };
}

function absent(code: string, message: string): ArmReply {
  return { status: 404, body: { error: { code, message } } };
}
