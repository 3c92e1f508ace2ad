import type { ObjectMeta } from '../../../src/kubernetes/api/types.js';

export const metricsPath = '/apis/metrics.k8s.io/v1beta1';
const apiVersion = 'metrics.k8s.io/v1beta1';

export interface PodUsage {
  readonly metadata: ObjectMeta;
  readonly nodeName: string;
  readonly container: string;
  readonly millicores: number;
  readonly memory: string;
}

export interface NodeUsage {
  readonly metadata: ObjectMeta;
  readonly millicores: number;
  readonly memory: string;
}

export interface MetricsSource {
  pods(): readonly PodUsage[] | Promise<readonly PodUsage[]>;
  nodes(): readonly NodeUsage[] | Promise<readonly NodeUsage[]>;
}

interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/**
 * Responds to a request to metrics.k8s.io/v1beta1: discovery, nodes, and pods by name, namespace and label selector.
 * https://github.com/kubernetes/metrics/blob/master/pkg/apis/metrics/v1beta1/types.go
 */
export async function answerMetrics(url: URL, source: MetricsSource): Promise<Answer> {
  if (url.pathname === metricsPath) return { code: 200, body: discovery };
  const path = /^\/(?:namespaces\/([^/]+)\/)?(pods|nodes)(?:\/([^/]+))?$/.exec(url.pathname.slice(metricsPath.length));
  if (!path || !url.pathname.startsWith(metricsPath)) return notFound(url.pathname);
  const [, namespace, resource, name] = path;
  const selects = selectorOf(url.searchParams.get('labelSelector') ?? '');
  const wanted = ({ metadata }: { readonly metadata: ObjectMeta }): boolean =>
    (namespace === undefined || metadata.namespace === namespace) &&
    (name === undefined || metadata.name === name) &&
    selects(metadata.labels ?? {});
  const items =
    resource === 'pods'
      ? (await source.pods()).filter(wanted).map(podMetrics)
      : (await source.nodes()).filter(wanted).map(nodeMetrics);
  const kind = resource === 'pods' ? 'PodMetrics' : 'NodeMetrics';
  if (name === undefined) return { code: 200, body: { kind: `${kind}List`, apiVersion, metadata: {}, items } };
  return items[0] ? { code: 200, body: items[0] } : notFound(name);
}

/** Supports equality requirements (`a=b`, `a==b`, `a!=b`, `a`, `!a`), which kubectl and the HPA send here. */
export function selectorOf(selector: string): (labels: Readonly<Record<string, string>>) => boolean {
  const requirements = selector.split(',').filter(text => text !== '');
  return labels =>
    requirements.every(text => {
      const [, not, key = '', operator, value] = /^(!?)([^=!]+)(?:(!?=)=?(.*))?$/.exec(text) ?? [];
      if (operator === undefined) return key in labels !== (not === '!');
      return (labels[key] === value) === (operator === '=');
    });
}

function podMetrics({ metadata, container, millicores, memory }: PodUsage): unknown {
  const containers = [{ name: container, usage: { cpu: `${millicores}m`, memory } }];
  return { kind: 'PodMetrics', apiVersion, metadata: shown(metadata), ...sample(), containers };
}

function nodeMetrics({ metadata, millicores, memory }: NodeUsage): unknown {
  return {
    kind: 'NodeMetrics',
    apiVersion,
    metadata: shown(metadata),
    ...sample(),
    usage: { cpu: `${millicores}m`, memory },
  };
}

function shown({ name, namespace, labels }: ObjectMeta): Partial<ObjectMeta> {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    creationTimestamp: new Date().toISOString(),
  };
}

function sample(): { timestamp: string; window: string } {
  return { timestamp: new Date().toISOString(), window: '15s' };
}

function notFound(name: string): Answer {
  const message = `"${name}" not found`;
  return {
    code: 404,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message, code: 404 },
  };
}

const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersion,
  resources: [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};
