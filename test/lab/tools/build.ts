import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { projectFile } from './project-files.js';
import { runTool } from './run.js';

/** A Go program whose versions are committed in a go.mod and a go.sum. */
export interface GoProgram {
  /** The package of its main function. */
  readonly package: string;
  /** The go.mod, as a path of this repository. */
  readonly module: string;
}

/**
 * Builds a program from the committed go.mod and go.sum and puts it at `target` in one step.
 * @throws Error with the compiler's words; also when there is no `go`.
 */
export async function buildGoProgram(program: GoProgram, target: string, env = process.env): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), '.build-'));
  try {
    const built = join(folder, basename(target));
    const argv = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', built];
    await runTool('go', [...argv, program.package], {
      cwd: dirname(projectFile(program.module)),
      env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    });
    await chmod(built, 0o755);
    await rename(built, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function completeMark(folder: string): string {
  return join(folder, `${basename(folder)}.complete`);
}

/** Whether `folder` holds a private environment that was installed to the end. */
export function isInstalled(folder: string): boolean {
  return existsSync(completeMark(folder));
}

/**
 * Installs what pip is asked for with its own Python environment into `folder`, whose name should say the versions.
 * Such an environment holds its own path and cannot be moved, so it is built in place and marked complete at the end.
 * @throws Error with pip's words; also when python3 has no venv module.
 */
export async function installPythonPackages(
  folder: string,
  wanted: readonly string[],
  env = process.env,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await runTool('python3', ['-m', 'venv', folder], { env });
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  await runTool(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...quiet, ...wanted], { env });
  await writeFile(completeMark(folder), '');
}
