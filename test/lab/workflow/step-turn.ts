import { existsSync, readFileSync } from 'node:fs';
import type { Report } from '../../../src/journal/model.js';
import { readOutput } from '../../support/commands.js';
import type { Scope } from '../../support/expressions.js';
import type { GithubFacts } from './facts.js';
import { hideSecrets, jobContext, maskedTexts, type JobState } from './job-state.js';
import type { Outcome } from './result.js';
import { stepFunctions } from './status.js';
import type { Frame, StepDone, StepWork } from './step-work.js';
import type { Texts } from './tokens.js';
import type { StepDefinition } from './workflow-file.js';

/** The turn of a step, or of the post phase of one. */
export interface Turn {
  readonly job: JobState;
  readonly frame: Frame;
  readonly definition: StepDefinition;
  readonly condition: string;
  readonly phase: 'main' | 'post';
  readonly name: (scope: Scope) => string;
  readonly perform: (work: StepWork, name: string) => Promise<StepDone>;
}

/** The result of a turn. */
export interface Settled {
  readonly name: string;
  readonly outcome: Outcome;
  readonly conclusion: Outcome;
  readonly done: StepDone;
  /** Everything that it printed, unmasked. */
  readonly said: string;
}

/** Returns the `github` context of a step. */
export function githubOf({ job, frame, definition }: Turn): GithubFacts {
  return { ...job.github, ...frame.github, action: definition.id };
}

/** Returns what the expressions of a step may refer to. @param env its variables, by the `env` context */
export function scopeOf(turn: Turn, env: Texts): Scope {
  const { job, frame } = turn;
  const own = statusHolder(turn);
  return {
    contexts: {
      ...frame.contexts,
      ...{ github: githubOf(turn), env, steps: frame.steps, job: jobContext(job), runner: job.runner },
    },
    functions: stepFunctions(
      () => own.status,
      () => job.status,
    ),
  };
}

/** Records the result of a step, for later steps, for the job and for the results. */
export function settle(turn: Turn, { name, outcome, conclusion, done, said }: Settled): void {
  const { job, frame, definition, phase } = turn;
  job.env = { ...job.env, ...withoutBlocked(done.exported) };
  job.paths = [...[...done.paths].reverse(), ...job.paths];
  const { masks, annotations, log } = readOutput(said);
  for (const mask of masks.flatMap(maskedTexts)) job.masks.add(mask);
  const own = statusHolder(turn);
  // A cancelled job stays cancelled, even when something fails afterwards (actions/runner, TaskResultUtil.cs).
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

/** Post phases use the status of the job, whatever action they belong to. */
function statusHolder({ job, frame, phase }: Turn): JobState | Frame {
  return phase === 'post' || frame.isJob ? job : frame;
}

/** "Workflow commands", setting an environment variable: this one is refused. */
function withoutBlocked(exported: Texts): Texts {
  return Object.fromEntries(Object.entries(exported).filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS'));
}

/** Returns the report that the action of this project wrote. */
function readReport({ 'report-json': path = '' }: Texts): Report | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined;
}
