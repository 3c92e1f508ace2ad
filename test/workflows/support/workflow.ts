import { parse } from 'yaml';

/** A step that uses an action. */
export interface ActionStep {
  readonly id?: string;
  readonly uses: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

/** One input, as a workflow declares it. */
export interface DeclaredInput {
  readonly description?: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly default?: string | number | boolean;
  readonly options?: readonly string[];
}

export interface Job {
  readonly name?: string;
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly unknown[];
  /** The workflow that the job calls. */
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly name?: string;
  readonly permissions?: unknown;
  readonly on?: {
    readonly workflow_dispatch?: { readonly inputs?: Readonly<Record<string, DeclaredInput>> } | null;
  };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** How the documents write that this action is used; a user puts the owner of the repository there, and may pin a commit. */
export const ownReference = /^<owner>\/migratorydata-aks@(v1|<sha>)$/;

/** How the documents write that one of our workflows is called; the group is its name. */
export const ownCall = /^<owner>\/migratorydata-aks\/\.github\/workflows\/([\w-]+)\.yml@(?:v1|<sha>)$/;

/** @throws Error when the text is not YAML, has a key twice, or has no jobs. */
export function parseWorkflow(text: string): Workflow {
  const parsed: unknown = parse(text);
  if (!isRecord(parsed) || !isRecord(parsed['jobs'])) throw new Error('a workflow has jobs');
  return parsed as unknown as Workflow;
}

/** All steps that use an action, wherever they stand in a workflow, a job or a list of steps. */
export function actionSteps(node: unknown): readonly ActionStep[] {
  if (Array.isArray(node)) return node.flatMap(actionSteps);
  if (!isRecord(node)) return [];
  const own = typeof node['uses'] === 'string' ? [node as unknown as ActionStep] : [];
  return [...own, ...Object.values(node).flatMap(actionSteps)];
}

/** The steps that use this action. */
export function ownSteps(node: unknown): readonly ActionStep[] {
  return actionSteps(node).filter(({ uses }) => ownReference.test(uses));
}

/** The jobs that call one of our workflows, wherever they stand, and its name. */
export function ownCalls(node: unknown): readonly { readonly name: string; readonly job: Job }[] {
  return actionSteps(node).flatMap(job => {
    const [, name] = ownCall.exec(job.uses) ?? [];
    return name === undefined ? [] : [{ name, job }];
  });
}

/** Each `uses` of a file with the comment behind it, which says the version of a pinned commit. */
export function pinsOf(text: string): readonly { readonly uses: string; readonly comment: string }[] {
  return [...text.matchAll(/\buses: *(\S+)(?: +# *(.+))?$/gm)].map(([, uses = '', comment = '']) => ({
    uses,
    comment,
  }));
}

/** The outputs that a text asks of earlier steps. */
export function outputReferences(text: string): readonly { readonly step: string; readonly output: string }[] {
  return [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].map(([, step = '', output = '']) => ({
    step,
    output,
  }));
}

function isRecord(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
