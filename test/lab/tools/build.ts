import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { azureCliVersion, goPackages, type GoTool } from './pins.js';
import { projectFile } from './project-files.js';
import { runTool } from './run.js';

/**
 * Builds a program from the committed go.mod and go.sum and puts it at `target` in one step.
 * @throws Error with the compiler's words; also when there is no `go`.
 */
export async function buildGoTool(tool: GoTool, target: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), '.build-'));
  try {
    const program = join(folder, tool);
    const argv = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', program];
    await runTool('go', [...argv, goPackages[tool]], {
      cwd: dirname(projectFile('test/lab/tools/control-plane/go.mod')),
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    });
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function completeMark(folder: string): string {
  return join(folder, `azure-cli-${azureCliVersion}.complete`);
}

/** Whether `folder` holds a private environment that was installed to the end. */
export function isAzureCliComplete(folder: string): boolean {
  return existsSync(completeMark(folder));
}

/**
 * Installs the pinned azure-cli with its own Python environment into `folder`. Such an environment holds its own path
 * and cannot be moved, so it is built in place and marked complete at the end.
 * @throws Error with pip's words; also when python3 has no venv module.
 */
export async function installAzureCli(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await runTool('python3', ['-m', 'venv', folder]);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  await runTool(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...quiet, `azure-cli==${azureCliVersion}`]);
  await writeFile(completeMark(folder), '');
}
