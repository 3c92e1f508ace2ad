import { evaluate, isTruthy, type Scope } from '../../support/expressions.js';
import { runAction } from './action-step.js';
import type { JobState } from './job-state.js';
import type { Outcome } from './result.js';
import { runScript } from './script.js';
import { githubOf, scopeOf, settle, type Turn } from './step-turn.js';
import { nothingDone, type Frame, type StepDone } from './step-work.js';
import { fieldOf, flagOf, literalOf, numberOf, textOf, textsOf } from './tokens.js';
import type { StepDefinition } from './workflow-file.js';

type Print = (text: string) => void;

/** Runs steps in order; the condition of each decides whether it runs, also after a failure or a cancel. */
export async function runSteps(
  job: JobState,
  frame: Frame,
  steps: readonly StepDefinition[],
  print: Print,
): Promise<void> {
  for (const definition of steps) {
    if (job.isOver) return;
    const isScript = fieldOf(definition.token, 'run') !== undefined;
    const turn: Turn = {
      ...{ job, frame, definition, condition: definition.condition, phase: 'main' },
      name: scope => nameOf(definition, scope),
      perform: (work, name) => (isScript ? runScript(work) : runAction(work, name)),
    };
    await takeTurn(turn, print);
  }
}

/** Runs the post phases of the steps that began, the last one first. */
export async function runPosts(job: JobState, print: Print): Promise<void> {
  for (let post = job.posts.pop(); post !== undefined && !job.isOver; post = job.posts.pop()) {
    const { frame, definition, condition, name, run } = post;
    await takeTurn({ job, frame, definition, condition, phase: 'post', name: () => name, perform: run }, print);
  }
}

/** The order is that of the runner (actions/runner, StepsRunner.cs): variables, condition, work, continue-on-error. */
async function takeTurn(turn: Turn, print: Print): Promise<void> {
  const { job, frame, definition, phase } = turn;
  let said = '';
  const say = (text: string): void => {
    said += text;
    print(text);
  };
  let scope = scopeOf(turn, { ...job.env, ...frame.env });
  let name = definition.id;
  let outcome: Outcome = 'failure';
  let done = nothingDone;
  const stop = new AbortController();
  // A stop of a composite action does not stop the post phases of its steps.
  const outer = phase === 'main' ? frame.signal : undefined;
  const signal = outer === undefined ? stop.signal : AbortSignal.any([stop.signal, outer]);
  const forget = stopOnCancel(job, stop, () => isTruthy(evaluate(turn.condition, scope)));
  let timer: NodeJS.Timeout | undefined;
  try {
    const ownEnv = { ...frame.env, ...textsOf(fieldOf(definition.token, 'env'), scope) };
    const env = { ...job.env, ...ownEnv };
    scope = scopeOf(turn, env);
    name = turn.name(scope);
    if (isTruthy(evaluate(turn.condition, scope))) {
      print(`::group::${name}\n`);
      const minutes = Math.floor(numberOf(fieldOf(definition.token, 'timeout-minutes'), scope) ?? 0);
      if (minutes > 0) {
        timer = setTimeout(() => {
          say(`::error::The action '${name}' has timed out after ${minutes} minutes.\n`);
          stop.abort('timed out');
        }, minutes * job.leg.workflow.run.minuteMs);
      }
      const work = { job, frame, definition, scope, github: githubOf(turn), env, ownEnv, signal, print: say };
      if (!signal.aborted) done = await turn.perform(work, name);
      outcome = outcomeOf(done, signal);
    } else outcome = 'skipped';
  } catch (error) {
    say(`::error::${(error as Error).message.replaceAll('\n', '%0A')}\n`);
    if (signal.aborted) outcome = outcomeOf(done, signal);
  } finally {
    clearTimeout(timer);
    forget();
  }
  const forgiven = outcome === 'failure' && phase === 'main' && mayContinue(definition, scope, say);
  settle(turn, { name, outcome, conclusion: forgiven ? 'success' : outcome, done, said });
}

/** A cancel stops a step unless its condition is true even then ("Workflow cancellation reference"). */
function stopOnCancel({ leg }: JobState, stop: AbortController, mayRun: () => boolean): () => void {
  // The condition of a step that begins after the cancel has been evaluated already.
  if (leg.cancellation.requested) return () => undefined;
  return leg.cancellation.onRequest(() => {
    try {
      if (mayRun()) return;
    } catch {
      // A condition that cannot be evaluated is false.
    }
    stop.abort('cancelled');
  });
}

/** A stopped step is not a success, whatever its exit code is. */
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

function nameOf({ token }: StepDefinition, scope: Scope): string {
  const [firstLine = ''] = textOf(fieldOf(token, 'run'), scope).trim().split('\n');
  return textOf(fieldOf(token, 'name'), scope) || `Run ${literalOf(fieldOf(token, 'uses')) ?? firstLine}`;
}
