import { writeFileSync } from 'node:fs';
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
  /** The states that `aks show` returns, one per call; the last stays. */
  readonly states: string[];
}

/** A small Azure behind the fake az. A test may change it at any time. */
export interface FakeAzure {
  readonly groups: Map<string, Group>;
  /** By name. */
  readonly clusters: Map<string, Cluster>;
  /** The states of a cluster after its creation was requested. */
  creation: readonly string[];
  /** Moves every expiry into the past. */
  expire(): void;
}

export const subscriptionId = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';

/** Scripts the fake az for what the action runs, with the outputs of Azure CLI 2.91. */
export function scriptAzure(programs: Programs, kubeconfig: string): FakeAzure {
  const groups = new Map<string, Group>();
  const clusters = new Map<string, Cluster>();
  const expire = <T extends Group>(things: Map<string, T>): void => {
    for (const [name, thing] of things)
      things.set(name, { ...thing, tags: { ...thing.tags, 'expires-at': '1700000000' } });
  };
  const azure: FakeAzure = {
    groups,
    clusters,
    creation: ['Succeeded'],
    expire: () => {
      expire(groups);
      expire(clusters);
    },
  };
  const on = (words: string, reply: (invocation: Invocation) => Answer): void => {
    programs.on(new RegExp(`^az ${words}( |$)`), reply);
  };

  on('version', () => json({ 'azure-cli': '2.91.0', extensions: {} }));
  on('login', () => json([{ id: subscriptionId, state: 'Enabled' }]));
  on('account show', () => json({ id: subscriptionId, name: 'Shop', user: { name: 'deployer' } }));
  on('provider show', () => json({ state: 'Registered' }));
  on('rest', () => json({ value: [{ actions: ['*'], notActions: [] }] }));
  on('vm list-skus', () => json(sizes));
  on('vm list-usage', () => json([{ name: { value: 'cores' }, currentValue: 0, limit: 100 }]));
  on('monitor activity-log list', () => json([]));

  on('group show', ({ argv }) => {
    const group = groups.get(valueOf(argv, '--name'));
    return group ? json(groupJson(group)) : absent('ResourceGroupNotFound', 'Resource group could not be found.');
  });
  on('group create', ({ argv }) => {
    const group = { name: valueOf(argv, '--name'), location: valueOf(argv, '--location'), tags: tagsOf(argv) };
    groups.set(group.name, group);
    return json(groupJson(group));
  });
  on('group list', () => json([...groups.values()].map(groupJson)));
  on('group delete', ({ argv }) => {
    const name = valueOf(argv, '--name');
    groups.delete(name);
    for (const cluster of clusters.values()) if (cluster.group === name) clusters.delete(cluster.name);
    return {};
  });
  on('resource list', ({ argv }) => {
    const group = valueOf(argv, '--resource-group');
    return json(
      [...clusters.values()].filter(cluster => cluster.group === group).map(({ name }) => ({ id: idOf(group, name) })),
    );
  });

  on('aks create', invocation => {
    beginCluster(azure, invocation);
    return {};
  });
  on('aks show', ({ argv }) => {
    const cluster = clusters.get(valueOf(argv, '--name'));
    if (!cluster) return absent('ResourceNotFound', 'The Resource was not found.');
    const { states } = cluster;
    const state = (states.length > 1 ? states.shift() : states[0]) ?? '';
    return json(clusterJson(cluster, state));
  });
  on('aks list', () => json([...clusters.values()].map(cluster => clusterJson(cluster, cluster.states[0] ?? ''))));
  on('aks delete', ({ argv }) => {
    clusters.delete(valueOf(argv, '--name'));
    return {};
  });
  on('aks get-credentials', ({ argv }) => {
    writeFileSync(valueOf(argv, '--file'), kubeconfig, { mode: 0o600 });
    return {};
  });
  return azure;
}

/** Does what Azure does with the request of `az aks create`, whether or not az lives to report it. */
export function beginCluster(azure: FakeAzure, { argv }: Pick<Invocation, 'argv'>): void {
  const name = valueOf(argv, '--name');
  const [group, location] = [valueOf(argv, '--resource-group'), valueOf(argv, '--location')];
  azure.clusters.set(name, { name, group, location, tags: tagsOf(argv), states: [...azure.creation] });
}

/** Returns the value after a flag. */
export function valueOf(argv: readonly string[], flag: string): string {
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
  name,
  family: 'standardDSv5Family',
  locationInfo: [{ zones: ['1', '2', '3'] }],
  restrictions: [],
  capabilities,
}));

function groupJson({ name, location, tags }: Group): object {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
  return { id, name, location, managedBy: null, properties: { provisioningState: 'Succeeded' }, tags };
}

function clusterJson({ name, group, location, tags }: Cluster, provisioningState: string): object {
  return {
    id: idOf(group, name),
    name,
    resourceGroup: group,
    nodeResourceGroup: `MC_${group}_${name}_${location}`,
    location,
    provisioningState,
    powerState: { code: 'Running' },
    currentKubernetesVersion: '1.36.3',
    fqdn: `${name}.hcp.${location}.azmk8s.io`,
    eTag: 'etag-1',
    tags,
    agentPoolProfiles: [{ name: 'nodepool1', vmSize: 'Standard_D2s_v5', count: 3, enableAutoScaling: true }],
  };
}

function idOf(group: string, cluster: string): string {
  const provider = 'providers/Microsoft.ContainerService/managedClusters';
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/${provider}/${cluster}`;
}

function json(value: object): Answer {
  return { stdout: JSON.stringify(value) };
}

function absent(code: string, message: string): Answer {
  return { code: 3, stderr: `ERROR: (${code}) ${message}\nCode: ${code}\nMessage: ${message}\n` };
}
