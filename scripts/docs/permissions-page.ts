import type { RoleAction } from '../../src/azure/role-actions.js';
import { experimentNames, experiments } from '../../src/chaos/experiments/index.js';
import type { AccessRule } from '../../src/kubernetes/api/access-rule.js';
import { chaosPermissions, machineActionsOf } from '../../src/operations/chaos-permissions.js';
import { operationDefinitions } from '../../src/operations/index.js';
import type { Permissions } from '../../src/operations/shared-permissions.js';
import { rolesOf, type RbacRule, type ScopedRole } from './roles.js';
import { cell, table } from './tables.js';

const introduction = `# Permissions

What the identity of a step must be allowed to do, for each operation: in the Kubernetes cluster, and on AKS in Azure. A permission
that is needed and missing ends the step with \`api-forbidden\` or \`azure-forbidden\`; the message names it. A permission that is
marked as not necessary is only missed: the step continues, and warns once of what it could not see.

The roles are those with which the [lab](lab.md) runs the operations, on an API server with RBAC; **no role was tried on Azure**.
This page is generated from the definitions of the operations by \`npm run docs\`.

## In the cluster

Each Role below is for the namespace \`migratory\`, which an administrator creates; \`deploy\` uses it without changes. To let \`deploy\`
create the namespace, bind the rules of its Role with a ClusterRoleBinding, because no Role can exist before its namespace.
The account of a step needs a RoleBinding or ClusterRoleBinding for each role. Whoever has several operations takes the rules of
all of them. Every account that the API server knows may read \`/version\`.

- \`resourceNames\` are for the default \`name\` of a deployment; the ConfigMap \`migratorydata-aks-resources-NAME\` has it at its end.
- Objects in [\`resources\`](inputs.md#migratorydata) need \`get\`, \`create\`, \`patch\` and \`delete\` on their kinds as well.
- An operation that takes the lock on a deployment first reverts what the experiment of a lost run has left. For this it needs the
  rules of \`recover\`; without them it warns of what stays on nodes, and fails if it concerns the members.`;

/** Returns the page docs/permissions.md. */
export function permissionsPage(): string {
  const names = Object.keys(operationDefinitions) as readonly (keyof typeof operationDefinitions)[];
  const inCluster = names
    .filter(name => name !== 'e2e' && operationDefinitions[name].permissions.access.length > 0)
    .map(name => {
      const { access } = permissionsOf(name);
      return [
        `### ${name}`,
        ...rolesOf(access).map(role => roleBlock(name, role)),
        ...(name === 'chaos' ? [perExperiment()] : []),
      ];
    });
  const without = names.filter(name => operationDefinitions[name].permissions.access.length === 0);
  const sections = [
    introduction,
    `${without.map(name => `\`${name}\``).join(' and ')} need no role. \`e2e\` needs those of \`deploy\`, \`verify\`, \`scale\`, \`autoscale\`, \`chaos\` and \`teardown\`, and on AKS that of \`create\`.`,
    ...inCluster.flat(),
    '## In Azure',
    'The actions of a custom role, at the scope of the subscription, or of the resource group for what is in it. Machines are in the node resource group of the cluster. `e2e` needs the actions of the same operations as above. The built-in role Contributor has all of them.',
    table(
      ['operation', 'actions'],
      rowsOf(names.filter(name => name !== 'e2e').map(name => [name, actionsCell(permissionsOf(name).actions)])),
    ),
    'An experiment on machines needs these as well:',
    table(['experiment', 'actions'], rowsOf(experimentNames.map(name => [name, actionsCell(machineActionsOf(name))]))),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The experiments have tables of their own. */
function permissionsOf(name: keyof typeof operationDefinitions): Permissions {
  return name === 'chaos' ? chaosPermissions([]) : operationDefinitions[name].permissions;
}

/** Returns a row for each text that is not empty, with the names of all that have it. */
function rowsOf(entries: readonly (readonly [name: string, text: string])[]): readonly (readonly string[])[] {
  const namesByText = new Map<string, string[]>();
  for (const [name, text] of entries) namesByText.set(text, [...(namesByText.get(text) ?? []), `\`${name}\``]);
  return [...namesByText].filter(([text]) => text !== '').map(([text, names]) => [names.join(', '), text]);
}

function roleBlock(operation: string, { scope, rules }: ScopedRole): string {
  const name = `migratorydata-aks-${operation}`;
  const namespace = scope === 'deployment' ? 'migratory' : scope;
  const [kind, metadata] =
    scope === 'cluster' ? ['ClusterRole', `{ name: ${name} }`] : ['Role', `{ name: ${name}, namespace: ${namespace} }`];
  let last = '';
  const lines = rules.flatMap(({ rule, comment }) => {
    const head = comment === last ? [] : [`  # ${comment}`];
    last = comment;
    return [...head, `  - ${ruleText(rule)}`];
  });
  return [
    '```yaml',
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    `metadata: ${metadata}`,
    'rules:',
    ...lines,
    '```',
  ].join('\n');
}

function ruleText({ apiGroups, resources, resourceNames, verbs }: RbacRule): string {
  const list = (items: readonly string[]): string => `[${items.map(item => (item === '' ? "''" : item)).join(', ')}]`;
  const names = resourceNames === undefined ? '' : `, resourceNames: ${list(resourceNames)}`;
  return `{ apiGroups: ${list(apiGroups)}, resources: ${list(resources)}${names}, verbs: ${list(verbs)} }`;
}

/** What the experiments need beyond the roles of chaos, a row each. */
function perExperiment(): string {
  const common = chaosPermissions([]).access;
  const rows = rowsOf(experimentNames.map(name => [name, cell(describeMore(experiments[name].access, common))]));
  return `In addition, by experiment:\n\n${table(['experiment', 'rules'], rows)}`;
}

function describeMore(rules: readonly AccessRule[], common: readonly AccessRule[]): string {
  const inCommon = JSON.stringify(rolesOf(common));
  const told = rolesOf(rules).flatMap(({ scope, rules: more }) =>
    more.map(({ rule, comment }) => {
      const where = scope === 'deployment' ? '' : scope === 'cluster' ? ' in the cluster' : ` in namespace ${scope}`;
      const text = `\`${rule.verbs.join(', ')}\` on ${rule.resources.map(resource => `\`${resource}\``).join(', ')}${where}`;
      return inCommon.includes(JSON.stringify({ rule, comment }))
        ? ''
        : `${text}${comment === '' ? '' : ` (${comment.replace(/\.$/, '')})`}`;
    }),
  );
  return told.filter(text => text !== '').join('; ');
}

/** The actions of a table cell, each once: those without a condition first. */
function actionsCell(actions: readonly RoleAction[]): string {
  const always = new Set(actions.filter(({ when }) => when === undefined).map(({ action }) => action));
  const sometimes = new Map<string, Set<string>>();
  for (const { action, when } of actions) {
    if (when !== undefined && !always.has(action)) sometimes.set(when, (sometimes.get(when) ?? new Set()).add(action));
  }
  const list = (names: Iterable<string>): string => [...names].map(name => `\`${name}\``).join(', ');
  return cell(
    [list(always), ...[...sometimes].map(([when, names]) => `with ${when}: ${list(names)}`)].filter(Boolean).join('; '),
  );
}
