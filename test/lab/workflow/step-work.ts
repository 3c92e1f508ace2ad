import type { Scope, Value } from '../../support/expressions.js';
import { startStepProcess, type StepCommand, type StepProcessResult } from '../../support/step-process.js';
import type { GithubFacts } from './facts.js';
import { processEnvironment, type JobState } from './job-state.js';
import type { Repository } from './references.js';
import type { Status } from './status.js';
import type { Texts } from './tokens.js';
import type { StepDefinition } from './workflow-file.js';

/** The frame of steps: a job, or a composite action that a step of the job uses. */
export interface Frame {
  /** The repository of the file with the steps, to which `$/` refers. */
  readonly repository: Repository;
  /** The contexts that do not change between steps. */
  readonly contexts: Readonly<Record<string, Value>>;
  /** Properties of the `github` context that differ from those of the job. */
  readonly github: GithubFacts;
  /** Variables of the step that uses the action. */
  readonly env: Texts;
  /** The `steps` context so far. */
  readonly steps: Record<string, Value>;
  /** What the steps of an action wrote for the summary; on GitHub it is one summary. */
  readonly summaries: string[];
  status: Status;
  /** Stops the steps from outside, when the step that uses the action is cancelled. */
  readonly signal: AbortSignal | undefined;
  /** Whether it is the job itself. */
  readonly isJob: boolean;
}

/** A running step. */
export interface StepWork {
  readonly job: JobState;
  readonly frame: Frame;
  readonly definition: StepDefinition;
  /** With the step's own `env`. */
  readonly scope: Scope;
  readonly github: GithubFacts;
  /** All variables from the files and from earlier steps. */
  readonly env: Texts;
  /** The variables of this step only, and of what it uses. */
  readonly ownEnv: Texts;
  readonly signal: AbortSignal;
  /** Gets what it prints, unmasked. */
  readonly print: (text: string) => void;
}

/** The result of a step, before it is known whether it was stopped. */
export interface StepDone {
  readonly ok: boolean;
  readonly outputs: Texts;
  readonly summary: string;
  readonly exported: Texts;
  readonly paths: readonly string[];
  /** The state for the post phase. */
  readonly state: Texts;
}

/** The post phase of a step that has begun. */
export interface PostStep {
  readonly definition: StepDefinition;
  readonly name: string;
  readonly frame: Frame;
  /** The expression of `post-if`. */
  readonly condition: string;
  readonly run: (work: StepWork) => Promise<StepDone>;
}

/** A step that succeeded without any output. */
export const nothingDone: StepDone = { ok: true, outputs: {}, summary: '', exported: {}, paths: [], state: {} };

/** Runs one process of a step to its end. A stopped one gets the signals of a cancel. */
export async function runProcess(
  work: StepWork,
  command: Pick<StepCommand, 'program' | 'args' | 'cwd'>,
  more: Texts = {},
): Promise<StepDone & Pick<StepProcessResult, 'code'>> {
  const { job, github, env, signal } = work;
  const running = await startStepProcess({
    ...command,
    env: { ...processEnvironment(job, github, { ...env, ...more }) },
    temp: job.temp,
    onOutput: text => {
      work.print(text);
    },
  });
  job.processes.add(running);
  const cancel = (): void => {
    running.cancel();
  };
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  // Started while the runner was being lost.
  if (job.isLost) running.kill();
  try {
    const { code, outputs, summary, exported, paths, state } = await running.ended;
    return { code, ok: code === 0, outputs, summary, exported, paths, state };
  } finally {
    signal.removeEventListener('abort', cancel);
    job.processes.delete(running);
  }
}
