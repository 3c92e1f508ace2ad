import type { LabApi } from '../api.js';
import type { ClusterView } from './cluster-view.js';
import { type CpuModel, createCpuModel } from './cpu-model.js';
import type { Members } from './members.js';
import { answerMetrics, type MetricsSource } from './metrics-answers.js';
import { serveMetrics } from './metrics-server.js';
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

  const pods: MetricsSource['pods'] = () => {
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
  const nodes: MetricsSource['nodes'] = () => {
    const used = pods();
    const own = (name: string): number =>
      used.filter(({ nodeName }) => nodeName === name).reduce((sum, { millicores }) => sum + millicores, 0);
    return view
      .nodes()
      .filter(({ metadata }) => nodeIsAlive(metadata.name))
      .map(({ metadata }) => ({ metadata, millicores: nodeOverheadMillicores + own(metadata.name), memory: '1Gi' }));
  };

  const stop = await serveMetrics(api, certificate, url =>
    available ? answerMetrics(url, { pods, nodes }) : unavailable,
  );

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

const unavailable = {
  code: 503,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'ServiceUnavailable', code: 503 },
};
