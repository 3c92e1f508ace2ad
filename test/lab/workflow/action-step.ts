import { convertSteps } from '@actions/workflow-parser/model/converter/steps';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withDefaults, variablesOf } from '../../support/action-inputs.js';
import { declaredNode } from '../../support/action-runner.js';
import { jobContext } from './job-state.js';
import { resolveAction, type Repository } from './references.js';
import { standIns } from './stand-ins/index.js';
import { runStandIn } from './stand-ins/stand-in.js';
import { nothingDone, runProcess, type Frame, type StepDone, type StepWork } from './step-work.js';
import { runSteps } from './step.js';
import { failOn, readTemplateText, type Template } from './template.js';
import { fieldOf, literalOf, propertiesOf, textOf, textsOf, type Texts } from './tokens.js';
import { readSteps } from './workflow-file.js';

/**
 * Runs the action of a step: one of this machine, or the stand-in for an action of others.
 * @throws Error when neither exists
 */
export async function runAction(work: StepWork, name: string): Promise<StepDone> {
  const { frame, job, definition } = work;
  const uses = literalOf(fieldOf(definition.token, 'uses')) ?? '';
  const reference = resolveAction(uses, frame.repository, job.leg.workflow.run.own);
  switch (reference.kind) {
    case 'others': {
      const standIn = standIns[reference.name];
      if (standIn === undefined) throw new Error(`the step runner has no stand-in for ${uses}`);
      return runStandIn(standIn, work, name, textsOf(fieldOf(definition.token, 'with'), work.scope));
    }
    case 'workspace':
      return runHere(work, name, resolve(job.workspace, reference.path), frame.repository);
    case 'here':
      return runHere(work, name, join(reference.repository.root, reference.path), reference.repository);
  }
}

async function runHere(work: StepWork, name: string, folder: string, repository: Repository): Promise<StepDone> {
  const path = ['action.yml', 'action.yaml'].map(file => join(folder, file)).find(existsSync);
  if (path === undefined) throw new Error(`Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'.`);
  const file = readTemplateText('action', path, readFileSync(path, 'utf8'));
  const using = literalOf(fieldOf(file.root, 'runs', 'using'));
  warnOfUnknown(work, file);
  if (using === 'composite') return runComposite(work, { file, path, folder, repository });
  if (using !== 'node24') throw new Error(`the step runner cannot run an action that uses ${String(using)}: ${path}`);
  return runProgram(work, name, { file, path, folder, repository });
}

/** The file of an action, and its place. */
interface ActionFile {
  readonly file: Template;
  readonly path: string;
  readonly folder: string;
  readonly repository: Repository;
}

/**
 * Runs a JavaScript action: `main` now, and `post` after the job with the state that main saved ("Metadata syntax
 * reference").
 */
async function runProgram(
  work: StepWork,
  name: string,
  { file, path, folder, repository }: ActionFile,
): Promise<StepDone> {
  const runs = (key: string): string | undefined => literalOf(fieldOf(file.root, 'runs', key));
  const start = (now: StepWork, entry: string, more: Texts): Promise<StepDone> =>
    runProcess(
      { ...now, github: { ...now.github, action_repository: repository.name, action_ref: repository.ref } },
      { program: declaredNode, args: [resolve(folder, entry)], cwd: work.job.workspace },
      { ...variablesOf(inputsOf(now, path)), ...more },
    );
  if (runs('pre') !== undefined) throw new Error(`the step runner cannot run what comes before a job: ${path}`);
  const post = runs('post');
  let state: Texts = {};
  if (post !== undefined) {
    work.job.posts.push({
      definition: work.definition,
      name: `Post ${name}`,
      frame: work.frame,
      condition: runs('post-if') ?? 'always()',
      run: later => start(later, post, stateVariables(state)),
    });
  }
  const done = await start(work, runs('main') ?? '', {});
  state = done.state;
  return done;
}

/** Only warns of an input that the action does not have, like the runner (actions/runner, ActionRunner.cs). */
function warnOfUnknown({ definition, print }: StepWork, { root }: Template): void {
  const known = propertiesOf(root.find('inputs')).map(([name]) => name);
  const given = propertiesOf(fieldOf(definition.token, 'with')).map(([name]) => name);
  const unknown = given.filter(name => !known.includes(name.toLowerCase()));
  if (unknown.length === 0) return;
  print(`::warning::Unexpected input(s) '${unknown.join("', '")}', valid inputs are ['${known.join("', '")}']\n`);
}

function stateVariables(state: Texts): Texts {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}

/** Returns the inputs of the step, over the defaults of the action. */
function inputsOf({ definition, scope, github, frame, job }: StepWork, path: string): Texts {
  const { strategy = null, matrix = null } = frame.contexts;
  const contexts = { github, strategy, matrix, job: jobContext(job), runner: job.runner };
  return withDefaults(textsOf(fieldOf(definition.token, 'with'), scope), { contexts }, path);
}

/** Runs a composite action: its steps in order, in the same job, with separate inputs and steps. */
async function runComposite(work: StepWork, { file, path, folder, repository }: ActionFile): Promise<StepDone> {
  const { frame, job, signal } = work;
  const stepsToken = fieldOf(file.root, 'runs', 'steps');
  if (stepsToken === undefined) throw new Error(`${path} has no steps`);
  const steps = readSteps(convertSteps(file.context, stepsToken), stepsToken, path);
  failOn(file.context);
  const { strategy = null, matrix = null } = frame.contexts;
  const inside: Frame = {
    repository,
    contexts: { strategy, matrix, inputs: inputsOf(work, path) },
    github: { ...frame.github, action_path: folder },
    env: work.ownEnv,
    steps: {},
    summaries: [],
    status: 'success',
    signal,
    isJob: false,
  };
  await runSteps(job, inside, steps, work.print);
  const github = { ...work.github, action_path: folder };
  const contexts = { ...inside.contexts, github, steps: inside.steps, job: jobContext(job), runner: job.runner };
  const scope = { contexts: { ...contexts, env: job.env } };
  const outputs = propertiesOf(fieldOf(file.root, 'outputs')).map(
    ([output, token]) => [output, textOf(fieldOf(token, 'value'), scope)] as const,
  );
  const summary = inside.summaries.join('');
  return { ...nothingDone, ok: inside.status === 'success', outputs: Object.fromEntries(outputs), summary };
}
