import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../../src/runtime/thrown.js';
import { isNotFound, type LabApi } from '../api.js';
import type { AddressSource } from './addresses.js';
import { type AzureSettings, readAzureSettings } from './azure-annotations.js';
import { type BalancerFault, createFaultSwitch, failureMessage } from './balancer-faults.js';
import { createFrontend, type Frontend, type FrontendContext } from './frontend.js';
import { type ExposedService, keyOf } from './objects.js';
import { writeServiceEvent } from './service-events.js';

/** The state of the load balancer for one Service. */
export interface BalancedService {
  /** `namespace/name`. */
  readonly service: string;
  /** Undefined until the status of the Service has it. */
  readonly address: string | undefined;
  readonly internal: boolean;
  /** The name that Azure's DNS assigns to the address. */
  readonly dnsName: string | undefined;
  readonly healthyNodes: readonly string[];
  /** Why the last setup failed. */
  readonly problem: string | undefined;
}

export interface Balancer {
  list(): readonly BalancedService[];
  /** Replaces the current fault; `{ kind: 'none' }` ends it. */
  setFault(fault: BalancerFault): void;
  stop(): Promise<void>;
}

export interface BalancerOptions extends Omit<FrontendContext, 'faults'> {
  readonly api: LabApi;
  readonly address: AddressSource;
  readonly location: string;
}

interface Entry {
  service: ExposedService;
  readonly controller: AbortController;
  work: Promise<void>;
  settings?: AzureSettings;
  frontend?: Frontend;
  published?: boolean;
  problem?: string;
}

const retryMs = 1000;
const faultPollMs = 100;

/** Assigns a separate loopback address to each Service of type LoadBalancer, as AKS assigns a public one. */
export function runBalancer({ api, address, location, ...context }: BalancerOptions): Balancer {
  const { view, timing } = context;
  const faults = createFaultSwitch(() => performance.now());
  const entries = new Map<string, Entry>();
  let stopped = false;

  const attempt = async (entry: Entry): Promise<void> => {
    const { service, controller } = entry;
    const fault = faults.current();
    if (fault.kind === 'failed') throw new Error(failureMessage(fault));
    const settings = readAzureSettings(service);
    entry.frontend ??= createFrontend(service, address(), { ...context, faults });
    await entry.frontend.open(service).catch((error: unknown) => {
      throw explain(error, entry.frontend?.address ?? '');
    });
    if (controller.signal.aborted) return;
    await publish(api, service, [{ ip: entry.frontend.address, ipMode: 'VIP' }]);
    entry.settings = settings;
    entry.published = true;
    delete entry.problem;
    await writeServiceEvent(api, service, 'EnsuredLoadBalancer', 'Ensured load balancer');
  };

  const ensure = async (entry: Entry): Promise<void> => {
    const { signal } = entry.controller;
    await writeServiceEvent(api, entry.service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    await sleep(timing.provisionMs, undefined, { signal });
    while (!entry.published) {
      while (faults.current().kind === 'pending') await sleep(faultPollMs, undefined, { signal });
      try {
        await attempt(entry);
      } catch (error) {
        if (signal.aborted || isNotFound(error)) return;
        entry.problem = reasonOf(error);
        await writeServiceEvent(api, entry.service, 'SyncLoadBalancerFailed', entry.problem);
        await sleep(retryMs, undefined, { signal });
      }
    }
  };

  const add = (service: ExposedService): void => {
    const entry: Entry = { service, controller: new AbortController(), work: Promise.resolve() };
    entries.set(keyOf(service), entry);
    entry.work = ensure(entry).catch((error: unknown) => {
      entry.problem = reasonOf(error);
    });
  };

  const remove = async (key: string, entry: Entry): Promise<void> => {
    entries.delete(key);
    entry.controller.abort();
    await entry.work;
    await entry.frontend?.stop();
  };

  /** A Service that changes its type or is deleted loses its address. */
  const release = async (key: string, entry: Entry): Promise<void> => {
    await remove(key, entry);
    const remains = view.services().some(({ metadata }) => metadata.uid === entry.service.metadata.uid);
    if (!remains || !entry.published) return;
    await publish(api, entry.service, []).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  };

  /** The ports and annotations of the Service may have changed. */
  const reopen = async (entry: Entry): Promise<void> => {
    try {
      await entry.frontend?.open(entry.service);
      entry.settings = readAzureSettings(entry.service);
      delete entry.problem;
    } catch (error) {
      entry.problem = reasonOf(error);
    }
  };

  const reconcile = (): void => {
    if (stopped) return;
    const wanted = new Map(
      view
        .services()
        .filter(isBalanced)
        .map(service => [keyOf(service), service]),
    );
    for (const [key, entry] of entries) {
      const service = wanted.get(key);
      if (service?.metadata.uid !== entry.service.metadata.uid) {
        void release(key, entry);
        continue;
      }
      if (service) entry.service = service;
      if (entry.published) void reopen(entry);
    }
    for (const [key, service] of wanted) if (!entries.has(key)) add(service);
  };
  view.onChange(reconcile);
  reconcile();

  return {
    list: () =>
      [...entries].map(([key, { settings, frontend, published, problem }]) => ({
        service: key,
        address: published ? frontend?.address : undefined,
        internal: settings?.internal === true,
        dnsName: settings?.dnsLabel === undefined ? undefined : `${settings.dnsLabel}.${location}.cloudapp.azure.com`,
        healthyNodes: frontend?.healthyNodes() ?? [],
        problem,
      })),
    setFault(fault) {
      faults.set(fault);
    },
    async stop() {
      stopped = true;
      await Promise.all([...entries].map(([key, entry]) => remove(key, entry)));
    },
  };
}

function isBalanced({ spec, metadata }: ExposedService): boolean {
  return spec.type === 'LoadBalancer' && metadata.deletionTimestamp === undefined;
}

async function publish(api: LabApi, { metadata }: ExposedService, ingress: readonly unknown[]): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace ?? ''}/services/${metadata.name}/status`;
  await api.patch(path, { status: { loadBalancer: { ingress } } });
}

/** The status has no port in Azure, so a port that we may not open cannot be replaced by another. */
function explain(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EACCES') return error;
  return new Error(
    `the lab may not listen on ${address} below port 1024: set client-port to 8080, or allow it (root, or sysctl net.ipv4.ip_unprivileged_port_start=80)`,
    { cause: error },
  );
}
