import { createServer } from 'node:https';
import type { LabApi } from '../api.js';
import type { ClusterView } from './cluster-view.js';
import { type CpuModel, createCpuModel } from './cpu-model.js';
import { close, listen } from './listener.js';
import type { Members } from './members.js';
import { answerMetrics, metricsPath, type MetricsSource, type NodeUsage, type PodUsage } from './metrics-answers.js';
import { serverContainer } from './objects.js';

export interface Metrics extends Pick<CpuModel, 'setLoad' | 'setPodUsage'> {
  /** False: the metrics API responds with 503, as when metrics-server is down. */
  setAvailable(available: boolean): void;
  stop(): Promise<void>;
}

export interface MetricsOptions {
  readonly api: LabApi;
  readonly view: ClusterView;
  readonly members: Members;
  readonly nodeIsAlive: (nodeName: string) => boolean;
  readonly certificate: { readonly cert: string; readonly key: string };
}

/** The own CPU usage of a node, and the memory reported for a pod. */
const nodeOverheadMillicores = 100;
const podMemory = '256Mi';

/**
 * Serves metrics.k8s.io from a CPU model, and registers it with the API server. The pods of a node without power have
 * no metrics, as with metrics-server.
 */
export async function startMetrics({ api, view, members, nodeIsAlive, certificate }: MetricsOptions): Promise<Metrics> {
  const model = createCpuModel();
  let available = true;

  const pods = (): readonly PodUsage[] => {
    const measured = view
      .pods()
      .filter(({ spec, status }) => status.phase === 'Running' && nodeIsAlive(spec.nodeName ?? ''));
    const usage = model.usageOf(
      measured.map(({ metadata }) => ({ name: metadata.name, serves: members.find(metadata.uid ?? '') !== undefined })),
    );
    return measured.map(pod => ({
      metadata: pod.metadata,
      nodeName: pod.spec.nodeName ?? '',
      container: serverContainer(pod)?.name ?? '',
      millicores: usage.get(pod.metadata.name) ?? 0,
      memory: podMemory,
    }));
  };
  const nodes = (): readonly NodeUsage[] => {
    const used = pods();
    const own = (name: string): number =>
      used.filter(({ nodeName }) => nodeName === name).reduce((sum, { millicores }) => sum + millicores, 0);
    return view
      .nodes()
      .filter(({ metadata }) => nodeIsAlive(metadata.name))
      .map(({ metadata }) => ({ metadata, millicores: nodeOverheadMillicores + own(metadata.name), memory: '1Gi' }));
  };

  const stop = await serveMetrics(api, certificate, () => (available ? { pods, nodes } : undefined));
  return {
    setLoad(load) {
      model.setLoad(load);
    },
    setPodUsage(podName, millicores) {
      model.setPodUsage(podName, millicores);
    },
    setAvailable(next) {
      available = next;
    },
    stop,
  };
}

/**
 * Serves metrics.k8s.io from a source, with 503 when there is none, and registers it with the API server. Returns the
 * function that ends it.
 */
export async function serveMetrics(
  api: LabApi,
  certificate: MetricsOptions['certificate'],
  source: () => MetricsSource | undefined,
): Promise<() => Promise<void>> {
  const answer = async (path: string): Promise<{ readonly code: number; readonly body: unknown }> => {
    const current = source();
    return current === undefined ? unavailable : answerMetrics(new URL(path, 'https://metrics'), current);
  };
  const server = createServer(certificate, (request, response) => {
    answer(request.url ?? '/').then(
      ({ code, body }) => {
        response.writeHead(code, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  await register(api, await listen(server));
  return async () => {
    const closed = close(server);
    server.closeAllConnections();
    await closed;
  };
}

const unavailable = {
  code: 503,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'ServiceUnavailable', code: 503 },
};

/** Only an ExternalName Service lets the aggregator reach a server outside of the cluster. */
async function register(api: LabApi, port: number): Promise<void> {
  const name = 'metrics-server';
  const namespace = 'kube-system';
  const apply = (path: string, body: unknown): Promise<unknown> =>
    api.patch(`${path}?fieldManager=lab&force=true`, body, 'application/apply-patch+yaml');
  await apply(`/api/v1/namespaces/${namespace}/services/${name}`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] },
  });
  const [, , group = '', version = ''] = metricsPath.split('/');
  await apply(`/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}`, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      service: { name, namespace, port },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });
}
