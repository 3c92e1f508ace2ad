import type { Artifacts } from '../artifacts.js';
import { processEnvironment } from '../job-state.js';
import type { Machine } from '../machine.js';
import { nothingDone, type StepDone, type StepWork } from '../step-work.js';
import type { Texts } from '../tokens.js';

/** What a stand-in gets. */
export interface StandInWork {
  /** The inputs with their defaults. */
  readonly inputs: Texts;
  /** The environment of a process of the step. */
  readonly env: Texts;
  readonly workspace: string;
  readonly home: string;
  readonly machine: Machine;
  readonly artifacts: Artifacts;
  /** The folder that checkout copies; nothing when absent. */
  readonly checkout: string | undefined;
  readonly print: (line: string) => void;
}

/** The result of a stand-in. */
export interface StandInDone {
  readonly outputs?: Texts;
  /** Runs after the job. */
  readonly post?: () => Promise<void>;
}

/** Replaces an action of others: does in the lab what that action does on GitHub, and refuses unknown inputs. */
export interface StandIn {
  /** The supported inputs, with the defaults of the action; any other is refused. */
  readonly inputs: Texts;
  /** @throws Error when the action would fail */
  run(work: StandInWork): Promise<StandInDone>;
}

/** Runs a stand-in as a step. @throws Error for an unsupported input, and as the stand-in does */
export async function runStandIn(standIn: StandIn, work: StepWork, name: string, given: Texts): Promise<StepDone> {
  const { job, definition, frame } = work;
  const { run } = job.leg.workflow;
  const unknown = Object.keys(given).filter(input => !(input in standIn.inputs));
  if (unknown.length > 0) throw new Error(`the stand-in for ${name} does not understand ${unknown.join(', ')}`);
  const { outputs = {}, post } = await standIn.run({
    inputs: { ...standIn.inputs, ...given },
    env: processEnvironment(job, work.github, work.env),
    workspace: job.workspace,
    home: job.home,
    machine: run.machine,
    artifacts: run.artifacts,
    checkout: run.checkout,
    print: line => {
      work.print(`${line}\n`);
    },
  });
  if (post !== undefined) {
    const runPost = async (): Promise<StepDone> => {
      await post();
      return nothingDone;
    };
    job.posts.push({ definition, name: `Post ${name}`, frame, condition: 'always()', run: runPost });
  }
  return { ...nothingDone, outputs };
}
