import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../../../src/journal/model.js';
import type { ActionResult, RunningAction } from '../../../support/action-runner.js';
import { undeclaredCalls } from '../../../support/permitted.js';
import { findProcessesWith, sendSignal } from '../../../support/process-table.js';
import { labRunner, type Step } from '../../act.js';
import type { Lab } from '../../lab.js';
import { trackingVariable } from '../../workflow/orphans.js';

export type Inputs = Readonly<Record<string, string>>;

/** The result of one step of a job: both phases, and the report of the main phase. */
export interface StepResult {
  readonly main: ActionResult;
  readonly post: ActionResult;
  readonly report: Report;
  /** The folder of the reports. */
  readonly reports: string;
}

/** A main phase that is running and can be cancelled. */
export interface RunningStep extends Pick<RunningAction, 'pid' | 'cancel' | 'ended'> {
  /**
   * Resolves when the log contains the text `times` times.
   * @throws Error with the log when the step ends before that.
   */
  logged(text: string, times?: number): Promise<void>;
  /** Kills every program of this runner, as when the machine is lost: no handler and no post phase run. */
  kill(): void;
  /** Stops the programs with this name, as if nothing responded to them any more, until the returned function is called. */
  freeze(tool: string): () => void;
  post(): Promise<ActionResult>;
  report(): Promise<Report>;
}

/** The steps of one job, on their own runner. */
export interface Steps {
  /** The folder of the runner: RUNNER_TEMP of every step. */
  readonly folder: string;
  /** Runs a step to its end, with its post phase. */
  run(inputs: Inputs): Promise<StepResult>;
  /** Runs a step that must succeed. @throws Error with its log when it fails. */
  pass(inputs: Inputs): Promise<StepResult>;
  /** Runs a step that must fail. @throws Error with its log when it succeeds. */
  fail(inputs: Inputs): Promise<StepResult>;
  start(inputs: Inputs): Promise<RunningStep>;
  /** Returns the programs of this runner that still run: all of them inherit its variables. */
  programs(): readonly string[];
}

/**
 * Starts a runner whose steps share the given inputs and variables.
 * @param name of its folder in the folder of the lab
 */
export async function startSteps(lab: Lab, name: string, common: Step): Promise<Steps> {
  const runner = await labRunner(lab, name);
  const folder = join(lab.folder, name);
  let steps = 0;
  const running = (): readonly number[] => findProcessesWith(`${trackingVariable}=${folder}`);

  const stepOf = (inputs: Inputs): Step & { readonly reports: string } => {
    steps += 1;
    const reports = join(folder, 'reports', String(steps));
    return { ...common, reports, inputs: { ...common.inputs, 'report-directory': reports, ...inputs } };
  };
  const run = async (inputs: Inputs): Promise<StepResult> => {
    const { reports, ...step } = stepOf(inputs);
    const result = await runner.run(step);
    const report = await readReport(reports);
    const undeclared = undeclaredCalls(report, inputs);
    // No assertion of jest, because the benches run steps as well.
    if (undeclared.length > 0) throw new Error(`the operation does not declare: ${undeclared.join('; ')}`);
    return { ...result, reports, report };
  };
  const runExpecting = async (green: boolean, inputs: Inputs): Promise<StepResult> => {
    const result = await run(inputs);
    const { main, post } = result;
    if (post.code === 0 && (main.code === 0) === green) return result;
    const said = [main.log, main.stderr, post.log, post.stderr].join('\n');
    throw new Error(`the step ended with ${String(main.code)}, its post phase with ${String(post.code)}:\n${said}`);
  };
  return {
    folder,
    programs: () => running().map(nameOf),
    run,
    pass: inputs => runExpecting(true, inputs),
    fail: inputs => runExpecting(false, inputs),
    async start(inputs) {
      const { reports, ...step } = stepOf(inputs);
      let log = '';
      let look = (): void => undefined;
      const action = await runner.start({
        ...step,
        onOutput: text => {
          log += text;
          look();
        },
      });
      return {
        pid: action.pid,
        cancel: () => {
          action.cancel();
        },
        ended: action.ended,
        kill: () => {
          // The first read of the process table misses a program that is just starting.
          for (let living = running(); living.length > 0; living = running()) {
            for (const pid of living) sendSignal(pid, 'SIGKILL');
          }
        },
        freeze: tool => {
          const frozen = running().filter(pid => nameOf(pid) === tool);
          if (frozen.length === 0) throw new Error(`no ${tool} runs on ${name}`);
          for (const pid of frozen) sendSignal(pid, 'SIGSTOP');
          return () => {
            for (const pid of frozen) sendSignal(pid, 'SIGCONT');
          };
        },
        logged: (text, times = 1) =>
          new Promise((resolve, reject) => {
            look = (): void => {
              if (log.split(text).length > times) resolve();
            };
            look();
            void action.ended.then(() => {
              reject(new Error(`the step ended without this text in its log: "${text}":\n${log}`));
            });
          }),
        post: async () => runner.post(step, await action.ended),
        report: () => readReport(reports),
      };
    },
  };
}

async function readReport(reports: string): Promise<Report> {
  return JSON.parse(await readFile(join(reports, 'report.json'), 'utf8')) as Report;
}

/** Returns the name of a program, which is empty when it has ended. */
function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Returns the notes of all phases of a step, in order. */
export function notesOf({ report }: Pick<StepResult, 'report'>): readonly string[] {
  return report.phases.flatMap(({ notes }) => notes);
}

/** Returns the text of the error annotations of a step. */
export function errorOf({ main }: Pick<StepResult, 'main'>): string {
  return main.annotations.flatMap(({ level, message }) => (level === 'error' ? [message] : [])).join('\n');
}

/** Returns the warnings of a step about what it could not see. */
export function unseenIn(step: Pick<StepResult, 'report'> | undefined): readonly string[] {
  return (step?.report.warnings ?? []).filter(text => text.includes('docs/permissions.md')).sort();
}
