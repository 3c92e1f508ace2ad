import { fieldOf, literalOf, propertiesOf, type TemplateToken } from './tokens.js';

const levels = ['none', 'read', 'write'] as const;

/** What the token of a job may do with one scope. */
export type Level = (typeof levels)[number];

/** The permissions of the token of a job; an omitted scope is `none`. */
export type Permissions = Readonly<Record<string, Level>>;

/** "Workflow syntax", `permissions`; the names are those in the list of the runner. */
const scopes = [
  ...['actions', 'artifact-metadata', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token'],
  ...['issues', 'models', 'packages', 'pages', 'pull-requests', 'repository-projects', 'security-events', 'statuses'],
  ...['vulnerability-alerts'],
];

/** The restricted default of a repository, which is GitHub's for new ones: no `id-token` unless it is requested. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** Returns the permissions that a file requests; undefined when it has none, so that those above it apply. */
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
 * Returns what a called workflow requests beyond the permissions of its caller, in GitHub's words; undefined when it
 * fits. "The GITHUB_TOKEN permissions passed from the caller workflow can be only downgraded" ("Reusing workflow
 * configurations").
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
