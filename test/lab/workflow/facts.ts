import { arch } from 'node:os';
import type { Value } from '../../support/expressions.js';
import type { Texts } from './tokens.js';

/** Properties of the `github` context, by name ("Contexts reference"). */
export type GithubFacts = Readonly<Record<string, Value>>;

/** The token of every run; only a local double accepts it. */
const token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';

/** The facts that do not depend on the run, the same as for an action that runs alone in a test. */
export const usualFacts: GithubFacts = {
  actor: 'octocat',
  actor_id: '583231',
  api_url: 'https://api.github.com',
  base_ref: '',
  event_name: 'workflow_dispatch',
  graphql_url: 'https://api.github.com/graphql',
  head_ref: '',
  ref: 'refs/heads/main',
  ref_name: 'main',
  ref_protected: false,
  ref_type: 'branch',
  repository: 'acme/shop',
  repository_id: '1296269',
  repository_owner: 'acme',
  repository_owner_id: '1',
  repositoryUrl: 'git://github.com/acme/shop.git',
  retention_days: '90',
  run_attempt: '1',
  run_id: '4711',
  run_number: '7',
  secret_source: 'Actions',
  server_url: 'https://github.com',
  sha: '0123456789abcdef0123456789abcdef01234567',
  token,
  triggering_actor: 'octocat',
};

/** The properties that become variables of a step (actions/runner, GitHubContext.cs). */
const passedOn = new Set([
  ...['action', 'action_path', 'action_ref', 'action_repository', 'actor', 'actor_id', 'api_url', 'base_ref'],
  ...['event_name', 'event_path', 'graphql_url', 'head_ref', 'job', 'ref', 'ref_name', 'ref_protected', 'ref_type'],
  ...['repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'retention_days', 'run_attempt'],
  ...['run_id', 'run_number', 'server_url', 'sha', 'triggering_actor', 'workflow', 'workflow_ref', 'workflow_sha'],
  'workspace',
]);

/** Returns the variables of a step that show the `github` context ("Variables reference"). */
export function githubVariables(github: GithubFacts): Texts {
  return Object.fromEntries(
    Object.entries(github).flatMap(([name, value]) =>
      passedOn.has(name) && (typeof value === 'string' || typeof value === 'boolean')
        ? [[`GITHUB_${name.toUpperCase()}`, String(value)] as const]
        : [],
    ),
  );
}

/** Returns the `runner` context of a job with the given folder for temporary files. */
export function runnerFacts(temp: string): Texts {
  return {
    name: 'Step runner',
    os: 'Linux',
    arch: arch() === 'arm64' ? 'ARM64' : 'X64',
    temp,
    tool_cache: `${temp}/tools`,
    environment: 'github-hosted',
  };
}

/** Returns the variables of a step that show the `runner` context. */
export function runnerVariables(runner: Texts): Texts {
  return Object.fromEntries(Object.entries(runner).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, value]));
}
