import type { AccessRule, AccessScope, AccessVerb } from '../../src/kubernetes/api/access-rule.js';
import { groupOf, type Kind, places } from '../../src/kubernetes/api/kinds.js';

/** A rule of a Role or ClusterRole; see "Role example" in the RBAC documentation of Kubernetes. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly AccessVerb[];
}

/** The rules for one namespace, or for the whole cluster. */
export interface ScopedRole {
  readonly scope: AccessScope;
  readonly rules: readonly {
    readonly rule: RbacRule;
    /** When the rule is not needed, as sentences; empty if it always is. */
    readonly comment: string;
  }[];
}

const verbOrder: readonly AccessVerb[] = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const scopeOrder: readonly AccessScope[] = ['deployment', 'default', 'kube-system', 'kube-node-lease', 'cluster'];

/** A permission for one verb on one resource. */
interface Grant {
  readonly scope: AccessScope;
  readonly group: string;
  readonly resource: string;
  readonly names: readonly string[];
  readonly verb: AccessVerb;
  readonly comments: readonly string[];
}

/** Returns roles with exactly these permissions, each permission once, those that are always needed first. */
export function rolesOf(rules: readonly AccessRule[]): readonly ScopedRole[] {
  const grants = [...groupBy(rules.flatMap(grantsOf), keyOf).values()].map(mergeConditions);
  const needed = grants.filter(({ comments }) => comments.length === 0);
  const covers = (grant: Grant): boolean =>
    needed.some(
      one => one.names.length === 0 && grant.names.length > 0 && keyOf({ ...grant, names: [] }) === keyOf(one),
    );
  const kept = grants.filter(grant => !covers(grant));
  return scopeOrder
    .map(scope => ({ scope, rules: rulesOf(kept.filter(grant => grant.scope === scope)) }))
    .filter(role => role.rules.length > 0);
}

function grantsOf({ scope, resource, verbs, names = [], when, without }: AccessRule): readonly Grant[] {
  const [kind = '', subresource] = resource.split('/');
  const { apiVersion, plural } = places[kind as Kind];
  const comments = [
    ...(when === undefined ? [] : [`Only with ${when}.`]),
    ...(without === undefined ? [] : [`Not necessary: without it, the step does not see ${without}.`]),
  ];
  const path = subresource === undefined ? plural : `${plural}/${subresource}`;
  return verbs.map(verb => ({
    scope,
    group: groupOf(apiVersion),
    resource: path,
    names,
    verb,
    comments: [comments.join(' ')].filter(Boolean),
  }));
}

function keyOf({ scope, group, resource, names, verb }: Grant): string {
  return JSON.stringify([scope, group, resource, names, verb]);
}

/** A permission that something always needs has no condition. */
function mergeConditions(same: readonly Grant[]): Grant {
  const [first] = same as readonly [Grant, ...Grant[]];
  const always = same.some(({ comments }) => comments.length === 0);
  return { ...first, comments: always ? [] : [...new Set(same.flatMap(({ comments }) => comments))] };
}

/** Joins the verbs of a resource, and then the resources with the same verbs. */
function rulesOf(grants: readonly Grant[]): ScopedRole['rules'] {
  const byResource = groupBy(grants, ({ group, resource, names, comments }) =>
    JSON.stringify([comments, group, names, resource]),
  );
  const resources = [...byResource.values()].map(same => {
    const [{ group, resource, names, comments }] = same as readonly [Grant, ...Grant[]];
    const verbs = verbOrder.filter(verb => same.some(grant => grant.verb === verb));
    return { group, resource, names, comment: comments.join(' '), verbs };
  });
  const byVerbs = groupBy(resources, ({ group, names, comment, verbs }) =>
    JSON.stringify([comment, group, names, verbs]),
  );
  const rules = [...byVerbs.values()].map(same => {
    const [{ group, names, comment, verbs }] = same as readonly [(typeof resources)[number]];
    const rule: RbacRule = {
      apiGroups: [group],
      resources: same.map(({ resource }) => resource).sort(),
      ...(names.length > 0 && { resourceNames: names }),
      verbs,
    };
    return { rule, comment };
  });
  const rank = ({ comment, rule }: (typeof rules)[number]): string =>
    `${comment} ${rule.apiGroups[0] ?? ''} ${rule.resources.join()}`;
  return rules.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function groupBy<T>(items: readonly T[], keyFor: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyFor(item), [...(groups.get(keyFor(item)) ?? []), item]);
  return groups;
}
