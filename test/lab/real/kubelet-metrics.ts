import type { Pod } from '../../../src/kubernetes/types.js';
import type { LabApi } from '../api.js';
import { answerMetrics, type PodUsage } from '../workload/metrics-answers.js';
import { serveMetrics } from '../workload/metrics-server.js';

/** What a kubelet says of itself, as far as it is read here: k8s.io/kubelet, pkg/apis/stats/v1alpha1/types.go. */
interface Summary {
  readonly node: Usage;
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly (Usage & { readonly name: string })[];
  }[];
}

interface Usage {
  readonly cpu?: { readonly usageNanoCores?: number };
  readonly memory?: { readonly workingSetBytes?: number };
}

/**
 * Serves metrics.k8s.io from what the kubelets measure, in the place of metrics-server. Returns the function that ends
 * it. The pods of a node that does not answer have no metrics.
 */
export async function serveKubeletMetrics(api: LabApi, nodes: readonly string[]): Promise<() => Promise<void>> {
  const { clientCertificate } = api;
  if (clientCertificate === undefined) throw new Error('the kubeconfig has no client certificate');
  return serveMetrics(api, clientCertificate, async url => {
    const [{ items }, ...summaries] = await Promise.all([
      api.list<Pod>('/api/v1/pods'),
      ...nodes.map(name =>
        api.request<Summary>('GET', `/api/v1/nodes/${name}/proxy/stats/summary`).catch(() => undefined),
      ),
    ]);
    const podsOf = ({ pods }: Summary, nodeName: string): readonly PodUsage[] =>
      pods.flatMap(({ podRef, containers = [] }) => {
        const pod = items.find(
          ({ metadata }) => metadata.name === podRef.name && metadata.namespace === podRef.namespace,
        );
        const measured = containers.filter(({ cpu }) => cpu?.usageNanoCores !== undefined);
        return pod === undefined
          ? []
          : measured.map(({ name, ...usage }) => ({
              metadata: pod.metadata,
              nodeName,
              container: name,
              ...usageOf(usage),
            }));
      });
    const known = summaries.flatMap((summary, index) => (summary ? [{ summary, name: nodes[index] ?? '' }] : []));
    return answerMetrics(url, {
      pods: () => known.flatMap(({ summary, name }) => podsOf(summary, name)),
      nodes: () => known.map(({ summary, name }) => ({ metadata: { name }, ...usageOf(summary.node) })),
    });
  });
}

function usageOf({ cpu, memory }: Usage): { readonly millicores: number; readonly memory: string } {
  return {
    millicores: Math.round((cpu?.usageNanoCores ?? 0) / 1e6),
    memory: `${Math.round((memory?.workingSetBytes ?? 0) / 1024)}Ki`,
  };
}
