import { once } from 'node:events';
import { type Behaviour, healthyBehaviour } from './behaviour.js';
import { startControllers } from './controllers.js';
import { type Json, resourceOf, type StoredObject } from './objects.js';
import { createApiServer } from './server.js';
import { ProxyError, StatusError } from './status.js';
import { type Draft, Store } from './store.js';
import type { ApiCall } from './verbs.js';

/** The calls to which a rule applies. */
export interface CallPattern {
  /** Every method by default. */
  readonly method?: string;
  /** A part of the path, or a pattern. */
  readonly path: string | RegExp;
}

export interface Refusal extends CallPattern {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Json;
  /** How many calls are refused; all by default. */
  readonly times?: number;
}

/** A Kubernetes API in memory, with controllers, that records every call. */
export interface KubernetesStandIn {
  /** Change it to inject faults; see `healthyBehaviour`. */
  readonly behaviour: Behaviour;
  readonly store: Store;
  readonly calls: readonly ApiCall[];
  /** Returns the calls as `METHOD path`; `changes` omits reads and watches. */
  lines(which?: 'all' | 'changes'): string[];
  get(kind: string, namespace: string | undefined, name: string): StoredObject | undefined;
  list(kind: string, namespace?: string): StoredObject[];
  /** Adds an object, as another client would. */
  put(object: Draft): void;
  refuse(refusal: Refusal): void;
  /** Responds to every call as kubectl proxy does when it cannot reach the API server. */
  beUnreachable(status: number, text: string): void;
  /** Resolves when a matching call has arrived, now or later. */
  called(pattern: CallPattern): Promise<void>;
  close(): Promise<void>;
}

/** Starts the API on a unix socket with three Ready nodes and the namespaces that every cluster has. */
export async function startKubernetes(socketPath: string): Promise<KubernetesStandIn> {
  const store = new Store();
  const behaviour = healthyBehaviour();
  const calls: ApiCall[] = [];
  const refusals: { readonly refusal: Refusal; left: number }[] = [];
  const waiters: { readonly pattern: CallPattern; readonly arrived: () => void }[] = [];
  let unreachable: ProxyError | undefined;

  const put = (object: Draft): void => {
    store.put(resourceOf(object.kind), object);
  };
  for (const name of ['default', 'kube-system']) put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const index of [0, 1, 2]) put(newNode(index));

  const server = createApiServer(store, behaviour, call => {
    calls.push(call);
    for (const waiter of waiters) if (matches(call, waiter.pattern)) waiter.arrived();
    if (unreachable) throw unreachable;
    const rule = refusals.find(({ refusal, left }) => left > 0 && matches(call, refusal));
    if (!rule) return;
    rule.left -= 1;
    const { status, reason, message, details } = rule.refusal;
    throw new StatusError(status, reason, message, details);
  });
  const stopControllers = startControllers(store, behaviour);
  server.listen(socketPath);
  await once(server, 'listening');

  return {
    behaviour,
    store,
    calls,
    lines: (which = 'all') =>
      calls
        .filter(({ method }) => which === 'all' || method !== 'GET')
        .map(({ method, path, query }) => `${method} ${path}${query['watch'] ? '?watch' : ''}`),
    get: (kind, namespace, name) => store.get(resourceOf(kind), namespace, name),
    list: (kind, namespace) => store.list(resourceOf(kind), namespace),
    put,
    refuse: refusal => {
      refusals.push({ refusal, left: refusal.times ?? Infinity });
    },
    beUnreachable: (status, text) => {
      unreachable = new ProxyError(status, text);
    },
    called: pattern =>
      new Promise(resolve => {
        if (calls.some(call => matches(call, pattern))) resolve();
        else waiters.push({ pattern, arrived: resolve });
      }),
    async close() {
      stopControllers();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function matches(call: ApiCall, { method, path }: CallPattern): boolean {
  const fits = typeof path === 'string' ? call.path.includes(path) : path.test(call.path);
  return fits && (method === undefined || method === call.method);
}

function newNode(index: number): Draft {
  const name = `aks-nodepool1-12345678-vmss00000${index}`;
  const scaleSet = 'aks-nodepool1-12345678-vmss';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: {
      providerID: `azure:///subscriptions/0/resourceGroups/mc/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSet}/virtualMachines/${index}`,
    },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      allocatable: { cpu: '1900m', memory: '5Gi', pods: '110' },
      addresses: [{ type: 'InternalIP', address: `10.224.0.${index + 4}` }],
      nodeInfo: { kubeletVersion: 'v1.36.3', bootID: `boot-${index}`, architecture: 'amd64' },
    },
  };
}
