import { parse } from 'yaml';
import { noConfig } from '../../../src/inputs/config-source.js';
import { planWorkflow } from '../../../src/workflows/workflow-plan.js';
import { expand, type Scope, type Value } from '../../support/expressions.js';
import { filesBelow, readText } from './project-files.js';
import type { DeclaredInput, Job, Workflow } from './workflow.js';

export interface PublicStep {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly 'continue-on-error'?: boolean;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

export interface PublicJob extends Omit<Job, 'steps'> {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include: string } };
  readonly steps: readonly PublicStep[];
}

/** A workflow that others call. */
export interface PublicWorkflow extends Omit<Workflow, 'jobs' | 'on'> {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Readonly<Record<string, DeclaredInput>>;
      readonly secrets?: Readonly<Record<string, { readonly description?: string; readonly required?: boolean }>>;
      readonly outputs?: Readonly<Record<string, { readonly description?: string; readonly value: string }>>;
    };
    readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, DeclaredInput>> };
  };
  readonly concurrency: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, PublicJob>>;
}

/** The public workflows by their names: those whose names begin neither with a dot nor with `ci`. */
export function publicWorkflows(): readonly {
  readonly name: string;
  readonly text: string;
  readonly workflow: PublicWorkflow;
}[] {
  return filesBelow('.github/workflows', '.yml')
    .map(path => ({ name: path.replace(/^.*\/|\.yml$/g, ''), text: readText(path) }))
    .filter(({ name }) => !/^(\.|ci)/.test(name))
    .map(({ name, text }) => ({ name, text, workflow: parse(text) as PublicWorkflow }));
}

/** One of them. @throws Error when there is no such workflow. */
export function publicWorkflow(wanted: string): PublicWorkflow {
  const found = publicWorkflows().find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no workflow ${wanted}`);
  return found.workflow;
}

/** Whether a called workflow takes a value of a type for an input: a text may be any of the simple values. */
export function takes(workflow: PublicWorkflow, input: string, type: string | undefined): boolean {
  const declared = workflow.on.workflow_call.inputs[input]?.type;
  return declared === 'string' || (declared !== undefined && declared === type);
}

const identifiers = {
  AZURE_CLIENT_ID: '11111111-1111-4111-8111-111111111111',
  AZURE_TENANT_ID: '22222222-2222-4222-8222-222222222222',
  AZURE_SUBSCRIPTION_ID: '33333333-3333-4333-8333-333333333333',
};
const { legs, ...shared } = planWorkflow({ INPUT_WORKFLOW: 'matrix', GITHUB_RUN_ID: '4711' }, noConfig, 'abc123');
const [leg = {}] = legs.map(one => ({ ...one }));

/** What the expressions of a workflow refer to when its caller gives nothing but these inputs. */
export function scopeOf({ on }: PublicWorkflow, given: Readonly<Record<string, Value>> = {}): Scope {
  const defaults = Object.entries(on.workflow_call.inputs).map(([name, input]): [string, Value] => [
    name,
    input.default ?? null,
  ]);
  return {
    contexts: {
      inputs: { ...Object.fromEntries(defaults), ...given },
      secrets: {},
      vars: identifiers,
      env: {},
      github: { run_id: '4711', run_attempt: '1', sha: '0'.repeat(40), workspace: '/home/runner/work/shop/shop' },
      runner: { temp: '/home/runner/work/_temp' },
      matrix: leg,
      needs: { plan: { outputs: { ...shared, legs: JSON.stringify(legs) } } },
    },
  };
}

/** The inputs that a step gives, with its expressions evaluated. */
export function givenTo(step: PublicStep, scope: Scope): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(step.with ?? {}).map(([name, value]) => [name, expand(String(value), scope)]),
  );
}
