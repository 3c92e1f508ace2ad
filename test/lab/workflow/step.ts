import { existsSync, readFileSync } from 'node:fs';
import type { Report } from '../../../src/report/model.js';
import { readOutput } from '../../support/commands.js';
import { evaluate, isTruthy, type Scope } from '../../support/expressions.js';
import { runAction } from './action-step.js';
import { hideSecrets, jobContext, maskedTexts, type JobState } from './job-state.js';
import type { Outcome } from './result.js';
import { runScript } from './script.js';
import { stepFunctions } from './status.js';
import { nothingDone, type Frame, type PostStep, type StepDone, type StepWork } from './step-work.js';
import { fieldOf, flagOf, literalOf, numberOf, textOf, textsOf, type Texts } from './tokens.js';
import type { StepDefinition } from './workflow-file.js';

/** A step, or the post phase of one, that is to run. */
interface Turn {
  readonly frame: Frame;
  readonly definition: StepDefinition;
  readonly condition: string;
  readonly phase: 'main' | 'post';
  readonly name: (scope: Scope) => string;
  readonly perform: (work: StepWork, name: string) => Promise<StepDone>;
}

type Print = (text: string) => void;

/** Runs steps one after the other; each decides by its condition, also after a failure or a cancel. */
export async function runSteps(
  job: JobState,
  frame: Frame,
  steps: readonly StepDefinition[],
  print: Print,
): Promise<void> {
  for (const definition of steps) {
    if (job.isOver) return;
    const isScript = fieldOf(definition.token, 'run') !== undefined;
    await runTurn(job, print, {
      frame,
      definition,
      condition: definition.condition,
      phase: 'main',
      name: scope => nameOf(definition, scope),
      perform: (work, name) => (isScript ? runScript(work) : runAction(work, name)),
    });
  }
}

/** Runs the post phases of the steps that began, the last one first. */
export async function runPosts(job: JobState, print: Print): Promise<void> {
  for (let post = job.posts.pop(); post !== undefined && !job.isOver; post = job.posts.pop()) {
    const { frame, definition, condition, name, run }: PostStep = post;
    await runTurn(job, print, { frame, definition, condition, phase: 'post', name: () => name, perform: run });
  }
}

/** The order is that of the runner (actions/runner, StepsRunner.cs): variables, condition, work, continue-on-error. */
async function runTurn(job: JobState, print: Print, turn: Turn): Promise<void> {
  const { frame, definition, phase } = turn;
  let said = '';
  const say = (text: string): void => {
    said += text;
    print(text);
  };
  // Post phases look at the job, whatever action they belong to.
  const own = phase === 'post' || frame.isJob ? job : frame;
  const functions = stepFunctions(
    () => own.status,
    () => job.status,
  );
  const github = { ...job.github, ...frame.github, action: definition.id };
  const scopeWith = (env: Texts): Scope => ({
    contexts: { ...frame.contexts, github, env, steps: frame.steps, job: jobContext(job), runner: job.runner },
    functions,
  });
  let scope = scopeWith({ ...job.env, ...frame.env });
  let name = definition.id;
  let outcome: Outcome = 'failure';
  let done = nothingDone;
  const stop = new AbortController();
  const signal = frame.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, frame.signal]);
  const mayRun = (): boolean => isTruthy(evaluate(turn.condition, scope));
  const holdsNow = (): boolean => {
    try {
      return mayRun();
    } catch {
      return false;
    }
  };
  // A cancel stops the step unless its condition holds even then ("Workflow cancellation reference").
  const forget = job.leg.cancellation.requested
    ? (): void => undefined
    : job.leg.cancellation.onRequest(() => {
        if (!holdsNow()) stop.abort('cancelled');
      });
  let timer: NodeJS.Timeout | undefined;
  try {
    const ownEnv = textsOf(fieldOf(definition.token, 'env'), scope);
    const stepEnv = { ...frame.env, ...ownEnv };
    scope = scopeWith({ ...job.env, ...stepEnv });
    name = turn.name(scope);
    if (!mayRun()) outcome = 'skipped';
    else {
      print(`::group::${name}\n`);
      const minutes = Math.floor(numberOf(fieldOf(definition.token, 'timeout-minutes'), scope) ?? 0);
      if (minutes > 0) {
        timer = setTimeout(() => {
          say(`::error::The action '${name}' has timed out after ${minutes} minutes.\n`);
          stop.abort('timed out');
        }, minutes * job.leg.workflow.run.minuteMs);
      }
      const env = { ...job.env, ...stepEnv };
      const work: StepWork = { job, frame, definition, scope, github, env, signal, print: say };
      if (!signal.aborted) done = await turn.perform(work, name);
      outcome = outcomeOf(done, signal);
    }
  } catch (error) {
    say(`::error::${(error as Error).message.replaceAll('\n', '%0A')}\n`);
    if (signal.aborted) outcome = outcomeOf(done, signal);
  } finally {
    clearTimeout(timer);
    forget();
  }
  const conclusion =
    outcome === 'failure' && phase === 'main' && mayContinue(definition, scope, say) ? 'success' : outcome;
  job.env = { ...job.env, ...withoutBlocked(done.exported) };
  job.paths = [...[...done.paths].reverse(), ...job.paths];
  const { masks, annotations, log } = readOutput(said);
  for (const mask of masks.flatMap(maskedTexts)) job.masks.add(mask);
  // What was cancelled stays so, whatever fails afterwards (actions/runner, TaskResultUtil.cs).
  if (conclusion === 'failure' && own.status === 'success') own.status = 'failure';
  if (conclusion === 'cancelled') own.status = 'cancelled';
  if (phase === 'main' && !definition.id.startsWith('__')) {
    frame.steps[definition.id] = { outputs: done.outputs, outcome, conclusion };
  }
  if (!frame.isJob && phase === 'main') {
    frame.summaries.push(done.summary);
    return;
  }
  const report = phase === 'main' ? readReport(done.outputs) : undefined;
  job.results.push({
    ...{ id: definition.id, name, phase, outcome, conclusion, outputs: done.outputs, summary: done.summary },
    ...{ log: hideSecrets(job, log), annotations },
    ...(report === undefined ? {} : { report }),
  });
}

/** A step that was told to stop is not a success, whatever its exit code is. */
function outcomeOf({ ok }: StepDone, signal: AbortSignal): Outcome {
  if (signal.aborted) return signal.reason === 'timed out' ? 'failure' : 'cancelled';
  return ok ? 'success' : 'failure';
}

function mayContinue({ token }: StepDefinition, scope: Scope, say: Print): boolean {
  try {
    return flagOf(fieldOf(token, 'continue-on-error'), scope, false);
  } catch (error) {
    say(`::error::${(error as Error).message}\n`);
    return false;
  }
}

/** "Workflow commands", setting an environment variable: this one is refused. */
function withoutBlocked(exported: Texts): Texts {
  return Object.fromEntries(Object.entries(exported).filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS'));
}

function nameOf({ token }: StepDefinition, scope: Scope): string {
  const [firstLine = ''] = textOf(fieldOf(token, 'run'), scope).trim().split('\n');
  return textOf(fieldOf(token, 'name'), scope) || `Run ${literalOf(fieldOf(token, 'uses')) ?? firstLine}`;
}

/** What the action of this project wrote about itself. */
function readReport({ 'report-json': path = '' }: Texts): Report | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined;
}
