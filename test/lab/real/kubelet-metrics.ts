import { setTimeout as pause } from 'node:timers/promises';

import { isNodeReady } from '../../../src/kubernetes/nodes.js';
import type { Node } from '../../../src/kubernetes/api/types.js';
import type { LabApi } from '../api.js';
import type { ClusterView } from '../workload/cluster-view.js';
import type { MetricsSource, NodeUsage, PodUsage } from '../workload/metrics-answers.js';
import { keyOf } from '../workload/objects.js';

/**
 * The part of a kubelet's summary that metrics need. A value is absent until it was measured twice.
 * https://github.com/kubernetes/kubelet/blob/master/pkg/apis/stats/v1alpha1/types.go
 */
interface Summary {
  readonly node: { readonly nodeName: string } & Usage;
  readonly pods?: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly ({ readonly name: string } & Usage)[];
  }[];
}

interface Usage {
  readonly cpu?: { readonly usageNanoCores?: number };
  readonly memory?: { readonly workingSetBytes?: number };
}

const answerMs = 3_000;

/** Returns what the kubelets measure of the members and the nodes, as metrics-server does. */
export function kubeletMetrics(api: LabApi, view: ClusterView): MetricsSource {
  const summaries = async (): Promise<readonly Summary[]> => {
    const read = ({ metadata }: Node): Promise<Summary> =>
      api.request<Summary>('GET', `/api/v1/nodes/${metadata.name}/proxy/stats/summary`);
    // That of a node without power never comes.
    const late = pause(answerMs, undefined, { ref: false });
    const reads = view.nodes().filter(isNodeReady).map(read);
    const answers = await Promise.allSettled(reads.map(answer => Promise.race([answer, late])));
    return answers.flatMap(answer => (answer.status === 'fulfilled' ? (answer.value ?? []) : []));
  };
  return {
    async nodes() {
      return (await summaries()).flatMap(({ node }): readonly NodeUsage[] => {
        const usage = usageOf([node]);
        return usage === undefined ? [] : [{ ...usage, metadata: { name: node.nodeName } }];
      });
    },
    async pods() {
      const known = new Map(view.pods().map(pod => [keyOf(pod), pod.metadata]));
      return (await summaries()).flatMap(({ node, pods = [] }) =>
        pods.flatMap(({ podRef, containers = [] }): readonly PodUsage[] => {
          const metadata = known.get(`${podRef.namespace}/${podRef.name}`);
          const usage = usageOf(containers);
          if (metadata === undefined || usage === undefined) return [];
          return [{ ...usage, metadata, nodeName: node.nodeName, container: containers[0]?.name ?? '' }];
        }),
      );
    },
  };
}

/** Returns the sum; undefined until the CPU usage of all is known. */
function usageOf(parts: readonly Usage[]): Pick<NodeUsage, 'millicores' | 'memory'> | undefined {
  const cores = parts.map(({ cpu }) => cpu?.usageNanoCores);
  if (cores.length === 0 || cores.includes(undefined)) return undefined;
  const sum = (numbers: readonly (number | undefined)[]): number => numbers.reduce<number>((a, b) => a + (b ?? 0), 0);
  const bytes = sum(parts.map(({ memory }) => memory?.workingSetBytes));
  return { millicores: Math.ceil(sum(cores) / 1e6), memory: `${Math.round(bytes / 1024)}Ki` };
}
