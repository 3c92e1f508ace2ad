import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const logOf = (folder: string): string => join(folder, 'audit.log');

/** What else than the test may have changed, or have made fail. */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    {
      level: 'Metadata',
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      resources: [
        { group: '', resources: ['nodes', 'pods', 'pods/eviction', 'pods/binding'] },
        { group: 'apps', resources: ['statefulsets', 'statefulsets/scale'] },
        { group: 'discovery.k8s.io', resources: ['endpointslices'] },
      ],
    },
    { level: 'Metadata', verbs: ['get'], resources: [{ group: '', resources: ['pods/proxy'] }] },
    { level: 'None' },
  ],
};

/**
 * Returns the arguments of an API server that records who changes nodes, members and endpoints.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit
 */
export async function auditArguments(folder: string): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, 'audit.json');
  await writeFile(path, JSON.stringify(policy));
  return { 'audit-policy-file': path, 'audit-log-path': logOf(folder) };
}

interface AuditEvent {
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number; readonly message?: string };
}

/** The control planes that this process uses, by their folder, each since a time. */
const used = new Map<string, Date>();

/** From now on, {@link recentRequests} returns those to the control plane in `folder`. */
export function followRequests(folder: string): void {
  used.set(folder, new Date());
}

export function forgetRequests(folder: string): void {
  used.delete(folder);
}

/** How many of the latest requests are returned. */
const mostRequests = 150;

/**
 * Returns the latest requests that changed nodes, members or endpoints, one per line, by control plane. Requests to members
 * are among them only when they failed.
 */
export async function recentRequests(): Promise<string> {
  const parts = [...used].map(async ([folder, since]) => {
    // There is no file before the first request, and the last line may be incomplete.
    const text = await readFile(logOf(folder), 'utf8').catch(() => '');
    const requests = text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as AuditEvent)
      .filter(({ requestReceivedTimestamp }) => new Date(requestReceivedTimestamp) >= since)
      .filter(({ objectRef, responseStatus }) => objectRef?.subresource !== 'proxy' || responseStatus?.code !== 200);
    return [`Requests to the control plane in ${folder}:`, ...requests.slice(-mostRequests).map(describe)].join('\n');
  });
  return (await Promise.all(parts)).join('\n\n');
}

function describe({
  requestReceivedTimestamp,
  verb,
  user,
  userAgent = '',
  objectRef,
  responseStatus,
}: AuditEvent): string {
  const { resource = '', subresource, namespace, name = '' } = objectRef ?? {};
  const kind = [resource, ...(subresource === undefined ? [] : [subresource])].join('/');
  const [program = ''] = userAgent.split('/');
  const { code = 0, message = '' } = responseStatus ?? {};
  return [
    requestReceivedTimestamp.slice(11, 23),
    ...[verb, kind, [...(namespace === undefined ? [] : [namespace]), name].join('/')],
    ...['by', program === '' ? user.username : program, code, message],
  ]
    .join(' ')
    .trimEnd();
}
