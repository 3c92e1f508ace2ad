import { fieldOf, literalOf, propertiesOf, type TemplateToken } from './tokens.js';

const levels = ['none', 'read', 'write'] as const;

/** How much the token of a job may do with one kind of thing. */
export type Level = (typeof levels)[number];

/** What the token of a job may do; what is not named is `none`. */
export type Permissions = Readonly<Record<string, Level>>;

/** "Workflow syntax", `permissions`; the names are those of the runner's own list. */
const scopes = [
  ...['actions', 'artifact-metadata', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token'],
  ...['issues', 'models', 'packages', 'pages', 'pull-requests', 'repository-projects', 'security-events', 'statuses'],
  ...['vulnerability-alerts'],
];

/** The restricted default of a repository, which is GitHub's for new ones: no `id-token` for who does not ask for it. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** What a file asks for; undefined when it does not say, and then what is above it counts. */
export function readPermissions(token: TemplateToken | undefined): Permissions | undefined {
  if (token === undefined) return undefined;
  const all = literalOf(token);
  if (all === 'read-all' || all === 'write-all') {
    const level = all === 'read-all' ? 'read' : 'write';
    return Object.fromEntries(scopes.map(name => [name, name === 'models' ? 'read' : level]));
  }
  return Object.fromEntries(propertiesOf(token).map(([name]) => [name, levelOf(literalOf(fieldOf(token, name)))]));
}

/**
 * What a called workflow asks for beyond what its caller may give, in GitHub's words; undefined when it fits. "The
 * GITHUB_TOKEN permissions passed from the caller workflow can be only downgraded" ("Reusing workflow configurations").
 */
export function excessOf(
  requested: Permissions,
  allowed: Permissions,
): { readonly requested: string; readonly allowed: string } | undefined {
  const excessive = scopes.filter(name => rankOf(requested, name) > rankOf(allowed, name));
  if (excessive.length === 0) return undefined;
  const told = (permissions: Permissions): string =>
    excessive.map(name => `${name}: ${permissions[name] ?? 'none'}`).join(', ');
  return { requested: told(requested), allowed: told(allowed) };
}

function rankOf(permissions: Permissions, name: string): number {
  return levels.indexOf(permissions[name] ?? 'none');
}

function levelOf(text: string | undefined): Level {
  const level = levels.find(name => name === text);
  if (level === undefined) throw new Error(`not a level of permission: ${String(text)}`);
  return level;
}
