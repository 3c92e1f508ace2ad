import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../../../src/report/model.js';
import type { ActionResult, RunningAction } from '../../../support/action-runner.js';
import { labRunner } from '../../act.js';
import type { Lab, LabCluster } from '../../lab.js';
import { objectsOf, type Objects } from './objects.js';

export type Inputs = Readonly<Record<string, string>>;

/** What one step of the job came to: both phases, and the report that the main phase left. */
export interface StepResult {
  readonly main: ActionResult;
  readonly post: ActionResult;
  readonly report: Report;
  /** The folder of the reports. */
  readonly folder: string;
}

/** A main phase that runs, to be cancelled. */
export interface RunningStep extends Pick<RunningAction, 'cancel' | 'ended'> {
  /** Resolves when the log shows the text. @throws Error with the log when the step ends without it. */
  logged(text: string): Promise<void>;
  post(): Promise<ActionResult>;
  report(): Promise<Report>;
}

/** A job with provider kubeconfig on one cluster, on a runner that has kubectl and no az. */
export interface Job {
  readonly cluster: LabCluster;
  readonly objects: Objects;
  /** The runner's own folder: RUNNER_TEMP of every step. */
  readonly folder: string;
  /** Runs a step to its end, with its post phase. */
  run(inputs: Inputs): Promise<StepResult>;
  /** Runs a step that must be green. @throws Error with its log when it is not. */
  pass(inputs: Inputs): Promise<StepResult>;
  /** Runs a step that must be red. @throws Error with its log when it is not. */
  fail(inputs: Inputs): Promise<StepResult>;
  start(inputs: Inputs): Promise<RunningStep>;
}

/** The smallest deployment: one member, which needs no other to be Ready first. */
export const oneMember = { replicas: '1', 'min-replicas': '1', 'seed-members': '1' } as const;

export async function startJob(lab: Lab, cluster: LabCluster): Promise<Job> {
  const name = `runner-${cluster.name}`;
  const runner = await labRunner(lab, name);
  const path = join(lab.folder, name, 'bin');
  await mkdir(path);
  await symlink(lab.tools.kubectl, join(path, 'kubectl'));
  let steps = 0;

  const stepOf = (inputs: Inputs): { folder: string; inputs: Inputs; env: Record<string, string> } => {
    steps += 1;
    const folder = join(lab.folder, name, 'reports', String(steps));
    const target = { provider: 'kubeconfig', kubeconfig: cluster.kubeconfig };
    return { folder, inputs: { ...target, 'report-directory': folder, ...inputs }, env: { PATH: path } };
  };
  const run = async (inputs: Inputs): Promise<StepResult> => {
    const { folder, ...step } = stepOf(inputs);
    const result = await runner.run(step);
    return { ...result, folder, report: await readReport(folder) };
  };
  const runExpecting = async (green: boolean, inputs: Inputs): Promise<StepResult> => {
    const result = await run(inputs);
    const { main, post } = result;
    if (post.code === 0 && (main.code === 0) === green) return result;
    const said = [main.log, main.stderr, post.log, post.stderr].join('\n');
    throw new Error(`the step ended with ${String(main.code)}, its post phase with ${String(post.code)}:\n${said}`);
  };
  return {
    cluster,
    objects: objectsOf(cluster.api),
    folder: join(lab.folder, name),
    run,
    pass: inputs => runExpecting(true, inputs),
    fail: inputs => runExpecting(false, inputs),
    async start(inputs) {
      const { folder, ...step } = stepOf(inputs);
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
        cancel: () => {
          action.cancel();
        },
        ended: action.ended,
        logged: text =>
          new Promise((resolve, reject) => {
            look = (): void => {
              if (log.includes(text)) resolve();
            };
            look();
            void action.ended.then(() => {
              reject(new Error(`the step ended without saying "${text}":\n${log}`));
            });
          }),
        post: async () => runner.post(step, await action.ended),
        report: () => readReport(folder),
      };
    },
  };
}

async function readReport(folder: string): Promise<Report> {
  return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report;
}

/** What was noted in the phases of a step, in order. */
export function notesOf({ report }: Pick<StepResult, 'report'>): readonly string[] {
  return report.phases.flatMap(({ notes }) => notes);
}

/** The text of the error annotations of a step. */
export function errorOf({ main }: Pick<StepResult, 'main'>): string {
  return main.annotations.flatMap(({ level, message }) => (level === 'error' ? [message] : [])).join('\n');
}
