import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { uvVersion } from './pins.js';
import { projectFile } from './project-files.js';
import { runTool } from './run.js';

/** A Go program whose versions are committed in a go.mod and a go.sum. */
export interface GoProgram {
  /** The package of its main function. */
  readonly package: string;
  /** The path of the program. */
  readonly target: string;
}

/** The progress of a build. Packages that Go has compiled earlier count only in the total. */
export interface BuildProgress {
  readonly compiled: number;
  readonly total: number;
}

export interface GoBuildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** For the linker, such as `-X package.variable=value`. */
  readonly linkerFlags?: string;
  readonly report?: (progress: BuildProgress) => void;
}

/**
 * Builds programs from the committed go.mod and go.sum with one `go build`, since they share most packages, and moves each
 * to its target. It builds in the folder of the first target, which must exist.
 * @throws Error with the output of the compiler, or that `go` is not installed.
 */
export async function buildGoPrograms(
  programs: readonly GoProgram[],
  /** The go.mod, as a path of this repository. */
  module: string,
  { env = process.env, linkerFlags = '', report }: GoBuildOptions = {},
): Promise<void> {
  const [first] = programs;
  if (first === undefined) return;
  const packages = programs.map(program => program.package);
  const options = { cwd: dirname(projectFile(module)), env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' } };
  // This also downloads the modules, so that the build only compiles.
  const needed = await runTool('go', ['list', '-mod=readonly', '-deps', ...packages], options);
  const total = needed.trim().split('\n').length;
  let compiled = 0;
  report?.({ compiled, total });
  const folder = await mkdtemp(join(dirname(first.target), '.build-'));
  try {
    // With -v, go prints each package that it compiles on a line.
    const flags = `-s -w ${linkerFlags}`.trim();
    const argv = ['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', folder];
    await runTool('go', [...argv, ...packages], {
      ...options,
      onStderr: text => {
        compiled += text.split('\n').length - 1;
        report?.({ compiled, total });
      },
    });
    for (const program of programs) {
      const built = join(folder, programName(program.package));
      await chmod(built, 0o755);
      await rename(built, program.target);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the name that `go build` gives a program: the last element of its package that is not a major version. */
function programName(goPackage: string): string {
  return basename(goPackage.replace(/\/v\d+$/, ''));
}

function completeMark(folder: string): string {
  return join(folder, `${basename(folder)}.complete`);
}

/** Whether `folder` holds a private environment that was installed to the end. */
export function isInstalled(folder: string): boolean {
  return existsSync(completeMark(folder));
}

/**
 * Installs packages with their own Python environment into `folder`, whose name should contain the versions. It uses uv,
 * which takes a third of the time of pip, and pip if the index has no uv for this machine or uv fails.
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
  const python = join(folder, 'bin', 'python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  const uvFolder = join(folder, 'uv');
  try {
    await runTool(python, [...pip, '--only-binary', ':all:', '--target', uvFolder, `uv==${uvVersion}`], { env });
    // The cache is not needed later. On the same disk uv links its files instead of copying them.
    const uv = ['pip', 'install', '--quiet', '--python', python, '--cache-dir', join(uvFolder, 'cache')];
    await runTool(join(uvFolder, 'bin', 'uv'), [...uv, ...wanted], { env });
  } catch {
    await runTool(python, [...pip, ...wanted], { env });
  } finally {
    await rm(uvFolder, { recursive: true, force: true });
  }
  await writeFile(completeMark(folder), '');
}
