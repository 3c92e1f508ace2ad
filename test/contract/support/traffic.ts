import type { ArmCall } from './arm.js';
import type { ApiCall } from './kubernetes/verbs.js';
import type { Invocation } from './programs.js';

/** Texts that differ between runs, and the names that replace them in golden files. */
export type Names = Readonly<Record<string, string>>;

/** What a phase has started and requested. */
export interface Seen {
  readonly invocations: readonly Invocation[];
  readonly calls: readonly ApiCall[];
  readonly requests: readonly ArmCall[];
}

/** The effects of a phase outside of itself, as lines that can be compared. */
export interface Traffic {
  /** Command lines in the order of their starts. */
  readonly processes: readonly string[];
  /** Requests to Azure Resource Manager: writes in their order, reads once and sorted. */
  readonly requests: readonly string[];
  /** Changes requested from the Kubernetes API, in order. */
  readonly changes: readonly string[];
  /** Reads, each path once; lists and watches are the same, because a watch begins with a list. */
  readonly reads: readonly string[];
}

export function describeTraffic({ invocations, calls, requests }: Seen, names: Names): Traffic {
  const lines = invocations.map(({ tool, argv }) => rename([tool, ...argv.map(quote)].join(' '), names));
  const changes = calls.filter(call => call.method !== 'GET' && !isRenewal(call)).map(describeChange);
  const reads = calls.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return {
    processes: sortRuns(lines, isLogin),
    requests: describeRequests(requests).map(line => rename(line, names)),
    changes: sortRuns(sortRuns(changes, isIndependentApply), isAnnotation).map(line => rename(line, names)),
    reads: [...new Set(reads)].sort().map(path => `GET ${rename(path, names)}`),
  };
}

/** Replaces texts that differ between runs by names, the longest texts first, since one may contain another. */
export function rename(text: string, names: Names): string {
  const known = Object.entries(names).sort(([a], [b]) => b.length - a.length);
  return known
    .reduce((line, [value, name]) => line.replaceAll(value, name), text)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b(created-at|expires-at)=\d{10}\b/g, '$1=SECONDS')
    .replace(/"(created-at|expires-at)":"\d{10}"/g, '"$1":"SECONDS"')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'MOMENT')
    .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"VERSION"');
}

function describeChange({ method, path, contentType, query, body }: ApiCall): string {
  const dry = query['dryRun'] === 'All' ? ' (dry run)' : '';
  if (contentType.startsWith('application/apply-patch')) return `APPLY ${path}${dry}`;
  return `${method} ${path}${dry}${method === 'PATCH' ? ` ${JSON.stringify(body)}` : ''}`;
}

/** How often a lock is renewed depends on the duration. */
function isRenewal({ method, path, body }: ApiCall): boolean {
  return method === 'PATCH' && path.includes('/leases/') && Object.keys(body?.['spec'] ?? {}).join() === 'renewTime';
}

/** Concurrent lines have a random order: neighbours of that kind are sorted. */
function sortRuns(lines: readonly string[], together: (line: string) => boolean): readonly string[] {
  const runs: string[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && together(line) && together(last[0] ?? '')) last.push(line);
    else runs.push([line]);
  }
  return runs.flatMap(run => run.sort());
}

/** Objects that do not depend on each other are applied at the same time. */
function isIndependentApply(line: string): boolean {
  return line.startsWith('APPLY ') && !/\/namespaces\/[^/]+$|\/statefulsets\//.test(line);
}

/** All nodes are annotated at the same time. */
function isAnnotation(line: string): boolean {
  return /^PATCH \/api\/v1\/nodes\/\S+ \{"metadata":\{"annotations":/.test(line);
}

/** The version, the token and the endpoint are found at the same time. */
function isLogin(line: string): boolean {
  return /^az (version|account get-access-token|cloud show) /.test(line);
}

/** Reads are concurrent, and the number of polls depends on the duration. */
function describeRequests(requests: readonly ArmCall[]): readonly string[] {
  const lines = requests.map(({ method, path, query, ifMatch, body }) => {
    const search = Object.entries(query).map(([key, value]) => ` ${key}=${value}`);
    const condition = ifMatch === '' ? '' : ` if-match ${ifMatch}`;
    return `${method} ${path}${search.join('')}${condition}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
  });
  const isRead = (line: string): boolean => line.startsWith('GET ');
  return [...new Set(lines.filter(isRead))].sort().concat(lines.filter(line => !isRead(line)));
}

/** Quoted as in a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
