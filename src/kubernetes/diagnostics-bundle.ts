import { toActionError } from '../errors/action-error.js';
import { writeYaml } from '../runtime/yaml.js';
import { access, type AccessRule } from './api/access-rule.js';
import type { KubernetesApi } from './api/api.js';
import type { Kind } from './api/kinds.js';
import type { Event, KubernetesObject, Pod, Secret } from './api/types.js';
import { unseen } from './api/unseen.js';
import { containersOf, restartsOf } from './pods.js';
import { lastSeen } from './rollout/events.js';
import { describeEvents } from './rollout/evidence.js';

/** One file of a diagnostics bundle. */
export interface BundleFile {
  /** Relative, with forward slashes. */
  readonly fileName: string;
  readonly text: string;
  /** Whether its object could not be read; the text has the reason. */
  readonly unread?: true;
}

/** The kinds that are collected from the namespace, one file each. */
const kinds: readonly Kind[] = [
  'StatefulSet',
  'ControllerRevision',
  'Pod',
  'Service',
  'EndpointSlice',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Lease',
  'Secret',
];
/** What `collectBundle` reads; it does without whatever is forbidden. */
export const collectAccess: readonly AccessRule[] = [
  ...[...kinds, 'Event' as const].map(kind => access('deployment', kind, ['list'], { without: unseen.file })),
  access('deployment', 'Pod/log', ['get'], { without: unseen.file }),
  access('cluster', 'Node', ['get', 'list'], { without: unseen.file }),
];
const logLines = 2_000;
const mostNodes = 50;

/**
 * Collects what is needed to analyze a namespace later: its objects, nodes, the events and the logs. If something
 * cannot be read, its file contains the reason. The contents of Secrets are omitted, and `redact` hides secrets by
 * value, after `onSecret` has seen all of them.
 */
export async function collectBundle(
  api: KubernetesApi,
  namespace: string,
  { redact, onSecret }: { readonly redact: (text: string) => string; readonly onSecret: (secret: Secret) => void },
): Promise<readonly BundleFile[]> {
  const objects = await Promise.all([
    ...kinds.map(kind => collectKind(api, kind, namespace, kind === 'Secret' ? onSecret : undefined)),
    attempt(api, 'node.yaml', () => collectNodes(api, namespace)),
    attempt(api, 'events.txt', () => collectEvents(api, namespace)),
  ]);
  const files = [...objects, ...(await collectLogs(api, namespace))];
  return files.map(file => ({ ...file, text: redact(file.text) }));
}

function collectKind(
  api: KubernetesApi,
  kind: Kind,
  namespace: string,
  onItem?: (item: KubernetesObject) => void,
): Promise<BundleFile> {
  return attempt(api, `${kind.toLowerCase()}.yaml`, async () => {
    const { items } = await api.list(kind, { namespace }, `collect the ${kind} objects`);
    for (const item of items) onItem?.(item);
    return items.map(item => toYaml(item, kind)).join('---\n');
  });
}

/** The items of a list have no kind. */
function toYaml(item: KubernetesObject, kind: Kind): string {
  return writeYaml(withoutNoise({ ...item, kind }));
}

/** Returns the nodes of the pods, and the first of the others: a cluster may have thousands that are not concerned. */
async function collectNodes(api: KubernetesApi, namespace: string): Promise<string> {
  const [pods, others] = await Promise.all([
    api.list('Pod', { namespace }, 'find the nodes of the pods'),
    api.list('Node', { limit: mostNodes }, 'collect the Node objects'),
  ]);
  const listed = new Set(others.items.map(({ metadata }) => metadata.name));
  const names = [...new Set(pods.items.flatMap(({ spec }) => spec.nodeName ?? []))].sort();
  const more = await Promise.all(
    names
      .filter(name => !listed.has(name))
      .slice(0, mostNodes)
      .map(name => api.find('Node', { name }, `collect node ${name}`)),
  );
  const left = (others.metadata.remainingItemCount ?? 0) - more.length;
  return [
    ...[...more.filter(node => node !== undefined), ...others.items].map(node => toYaml(node, 'Node')),
    ...(left > 0 ? [`# ${left} more nodes were not collected.\n`] : []),
  ].join('---\n');
}

async function collectEvents(api: KubernetesApi, namespace: string): Promise<string> {
  const { items } = await api.list('Event', { namespace }, 'collect the events');
  const lines = [...items]
    .sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1))
    .flatMap((event: Event) => {
      const { kind = '', name = '' } = event.involvedObject;
      return describeEvents([event]).map(line => `${kind}/${name}${line}`);
    });
  return `${lines.join('\n')}\n`;
}

async function collectLogs(api: KubernetesApi, namespace: string): Promise<readonly BundleFile[]> {
  let pods: readonly Pod[];
  try {
    pods = (await api.list('Pod', { namespace }, 'find the pods to collect logs of')).items;
  } catch (error) {
    api.signal.throwIfAborted();
    return [unreadFile('logs/unavailable.txt', error)];
  }
  const logFiles = pods.flatMap(pod =>
    containersOf(pod).flatMap(({ name: container }) =>
      (restartsOf(pod) > 0 ? [false, true] : [false]).map(previous => {
        const { name } = pod.metadata;
        // No name leads out of the folder.
        const file = `${name}-${container}`.replace(/[^\w.-]/g, '_');
        const fileName = `logs/${file}${previous ? '-previous' : ''}.log`;
        const options = { tailLines: logLines, previous };
        return attempt(api, fileName, () =>
          api.logs({ namespace, name }, container, options, `collect the log of ${name}`),
        );
      }),
    ),
  );
  return Promise.all(logFiles);
}

/** Returns an object without its managed fields, and a Secret without its contents. */
export function withoutNoise(object: KubernetesObject): Readonly<Record<string, unknown>> {
  const metadata = omit(object.metadata, 'managedFields');
  if (object.kind !== 'Secret') return { ...object, metadata };
  const { data = {} } = object as Secret;
  // The last-applied annotation of kubectl contains the data, too.
  return { ...omit(object, 'data', 'stringData'), metadata: omit(metadata, 'annotations'), keys: Object.keys(data) };
}

function omit(object: object, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

async function attempt(api: KubernetesApi, fileName: string, read: () => Promise<string>): Promise<BundleFile> {
  try {
    return { fileName, text: await read() };
  } catch (error) {
    api.signal.throwIfAborted();
    return unreadFile(fileName, error);
  }
}

/** Returns the file for something that could not be read, with the reason. */
export function unreadFile(fileName: string, error: unknown): BundleFile {
  return { fileName, text: `Not collected: ${toActionError(error).message}\n`, unread: true };
}
