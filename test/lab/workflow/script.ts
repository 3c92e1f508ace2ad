import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runProcess, type StepDone, type StepWork } from './step-work.js';
import { fieldOf, textOf } from './tokens.js';

/** The command for a script by shell, and without a shell ("Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
const shells: Readonly<Record<string, string>> = {
  '': 'bash -e {0}',
  bash: 'bash --noprofile --norc -eo pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python {0}',
};

/** Runs the script of a `run` step in a shell. @throws Error when the shell is not known or an expression is wrong */
export async function runScript(work: StepWork): Promise<StepDone> {
  const { job, frame, definition, scope } = work;
  const field = (name: string): string => textOf(fieldOf(definition.token, name), scope);
  const { shell, workingDirectory } = frame.isJob ? job.defaults : { shell: '', workingDirectory: '' };
  const name = field('shell') || shell;
  const [program = '', ...args] = (shells[name] ?? name).split(' ');
  if (!args.includes('{0}')) throw new Error(`Invalid shell option: ${name}`);
  const script = join(job.temp, `${randomUUID()}.sh`);
  await writeFile(script, field('run'));
  const done = await runProcess(work, {
    program,
    args: args.map(arg => (arg === '{0}' ? script : arg)),
    cwd: resolve(job.workspace, field('working-directory') || workingDirectory),
  });
  if (!done.ok && !work.signal.aborted) {
    work.print(`::error::Process completed with exit code ${String(done.code)}.\n`);
  }
  return done;
}
