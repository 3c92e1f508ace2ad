import type { CallRecord, Report } from '../../src/journal/model.js';
import type { AccessRule, AccessScope } from '../../src/kubernetes/api/access-rule.js';
import { groupOf, type Kind, places } from '../../src/kubernetes/api/kinds.js';
import { operationDefinitions } from '../../src/operations/index.js';
import type { Permissions } from '../../src/operations/shared-permissions.js';
import { roleActionOf } from './role-action.js';

/** What the API server checks before it handles a request; see "Determine the Request Verb" in its documentation. */
export interface AccessNeed {
  readonly scope: AccessScope;
  readonly group: string;
  /** The plural, with a subresource. */
  readonly resource: string;
  readonly verb: string;
  /** Empty if the request names no single object. */
  readonly name: string;
}

const namespaceScopes: readonly string[] = ['default', 'kube-system', 'kube-node-lease'];
const verbs: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };

/**
 * Returns what a request needs, with the query in its path; undefined for paths that are not resources, such as
 * `/version`. The rules of RequestInfoFactory in the source of the API server.
 */
export function accessNeedOf({ method, path }: Pick<CallRecord, 'method' | 'path'>): AccessNeed | undefined {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  const match = /^\/(?:api|apis\/([^/]+))\/v[^/]+\/(.+)$/.exec(pathname);
  if (match === null) return undefined;
  const [, group = '', rest = ''] = match;
  const parts = rest.split('/');
  const namespace = parts[0] === 'namespaces' ? (parts[1] ?? '') : '';
  const [plural = '', own = '', subresource] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  const selected = /(?:^|,)metadata\.name=([^,]+)/.exec(searchParams.get('fieldSelector') ?? '')?.[1] ?? '';
  const many = searchParams.has('watch') ? 'watch' : 'list';
  return {
    scope:
      namespace === '' ? 'cluster' : namespaceScopes.includes(namespace) ? (namespace as AccessScope) : 'deployment',
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    verb: verbs[method] ?? (own === '' ? many : 'get'),
    name: own || selected,
  };
}

/** Returns whether a rule grants what a request needs. A rule for the cluster holds in each of its namespaces. */
export function grants({ scope, resource, verbs: granted, names }: AccessRule, need: AccessNeed): boolean {
  const [kind = '', subresource] = resource.split('/');
  const { apiVersion, plural } = places[kind as Kind];
  const path = subresource === undefined ? plural : `${plural}/${subresource}`;
  return (
    (scope === need.scope || scope === 'cluster') &&
    groupOf(apiVersion) === need.group &&
    path === need.resource &&
    (granted as readonly string[]).includes(need.verb) &&
    (names === undefined || names.includes(need.name))
  );
}

const operations: Readonly<Partial<Record<string, { readonly permissions: Permissions }>>> = operationDefinitions;

/**
 * Returns the calls of a step that its operation does not declare. An operation that takes the lock on a deployment may
 * also do what `recover` does, and one with `resources` what docs/permissions.md says of the objects in them.
 */
export function undeclaredCalls(
  { operation, calls }: Pick<Report, 'operation' | 'calls'>,
  inputs: Readonly<Record<string, string>>,
): readonly string[] {
  // A step that refuses its inputs has no definition, and needs nothing.
  const { permissions } = operations[operation] ?? { permissions: { access: [], actions: [] } };
  const locks = permissions.access.some(({ scope, resource }) => scope === 'deployment' && resource === 'Lease');
  const { recover } = operationDefinitions;
  const mayHaveResources = ['resources', 'config'].some(name => inputs[name] !== undefined);
  const others = mayHaveResources ? calls.filter(call => !isOfUser(call)) : calls;
  return others.flatMap(call => missingFor(call, locks ? [permissions, recover.permissions] : [permissions]));
}

/** The objects of the project itself have names of their own. */
function isOfUser(call: CallRecord): boolean {
  const need = call.api === 'azure' ? undefined : accessNeedOf(call);
  if (need?.scope !== 'deployment' || need.name === '' || need.name.startsWith('migratorydata')) return false;
  return ['get', 'patch', 'delete'].includes(need.verb) && !need.resource.includes('/');
}

function missingFor(call: CallRecord, permissions: readonly Permissions[]): readonly string[] {
  const line = `${call.method} ${call.path}`;
  if (call.api === 'azure') {
    const action = roleActionOf(call).toLowerCase();
    const isDeclared = permissions.some(({ actions }) => actions.some(one => one.action.toLowerCase() === action));
    return isDeclared ? [] : [`${line} needs ${action}`];
  }
  const need = accessNeedOf(call);
  if (need === undefined) return [];
  // An apply of an object that does not exist is answered with 201, and needs both verbs.
  const needs = need.verb === 'patch' && call.status === 201 ? [need, { ...need, verb: 'create' }] : [need];
  const rules = permissions.flatMap(({ access }) => access);
  return needs
    .filter(one => !rules.some(rule => grants(rule, one)))
    .map(({ scope, verb, resource, name }) => `${line} needs ${verb} ${resource} ${name} (${scope})`);
}
