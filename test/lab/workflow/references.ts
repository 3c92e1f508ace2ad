import { InvalidWorkflow } from './template.js';

/** A folder that stands for a repository at a commit. */
export interface Repository {
  readonly root: string;
  /** `owner/name`. */
  readonly name: string;
  readonly ref: string;
  readonly sha: string;
}

/** A file of a repository. */
export interface Source {
  readonly repository: Repository;
  /** Relative to the root, such as `.github/workflows/deploy.yml`. */
  readonly path: string;
}

/** The target of `uses` of a step. */
export type ActionReference =
  /** An action in a folder with an action.yml. */
  | { readonly kind: 'here'; readonly repository: Repository; readonly path: string }
  /** An action in the workspace of the job, which must be checked out first. */
  | { readonly kind: 'workspace'; readonly path: string }
  /** An action of others, which may have a stand-in. */
  | { readonly kind: 'others'; readonly name: string };

/** The name by which others call this project; its owner is a placeholder in the documents. */
const ownName = 'migratorydata-aks';

/**
 * Returns the file of a called workflow. `./` and `$/` mean the repository of the calling file ("Reusing workflow
 * configurations"). Any repository other than that one or this project is refused.
 * @param own this project
 * @throws InvalidWorkflow when GitHub, or the step runner, does not know such a workflow
 */
export function resolveWorkflow(uses: string, from: Source, own: Repository): Source {
  const [, local] = /^[.$]\/(.*)$/.exec(uses) ?? [];
  if (local !== undefined) {
    if (local.includes('@')) throw malformed(uses, 'cannot specify version when calling local workflows');
    return { repository: from.repository, path: inWorkflowFolder(uses, local) };
  }
  const [, owner, name, path, ref] = /^([^/@]+)\/([^/@]+)\/([^@]+)@(.+)$/.exec(uses) ?? [];
  if (owner === undefined || path === undefined || ref === undefined) throw malformed(uses, 'no version specified');
  if (name !== ownName) throw new InvalidWorkflow([`the step runner has no workflow ${uses}`]);
  return { repository: { ...own, name: `${owner}/${name}`, ref }, path: inWorkflowFolder(uses, path) };
}

/**
 * Returns the action of a step. `$/` needs a path after it: the runner refuses it alone (actions/runner, pull request
 * 4457), so an action at the root of a repository cannot be named with it.
 * @throws InvalidWorkflow when it is malformed
 */
export function resolveAction(uses: string, from: Repository, own: Repository): ActionReference {
  const [, self] = /^\$\/+(.+)$/.exec(uses) ?? [];
  if (self !== undefined && !uses.includes('@')) return { kind: 'here', repository: from, path: self };
  if (uses.startsWith('./')) return { kind: 'workspace', path: uses };
  const [, owner, name, path = '', ref] = /^([^/@]+)\/([^/@]+)(?:\/([^@]+))?@(.+)$/.exec(uses) ?? [];
  if (owner === undefined || name === undefined || ref === undefined || owner === '$') {
    throw new InvalidWorkflow([`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`]);
  }
  if (name !== ownName) return { kind: 'others', name: path === '' ? `${owner}/${name}` : `${owner}/${name}/${path}` };
  return { kind: 'here', repository: { ...own, name: `${owner}/${name}`, ref }, path };
}

function inWorkflowFolder(uses: string, path: string): string {
  if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
    throw malformed(uses, "references to workflows must be rooted in '.github/workflows'");
  }
  return path;
}

function malformed(uses: string, why: string): InvalidWorkflow {
  return new InvalidWorkflow([`Invalid workflow reference '${uses}': ${why}`]);
}
