import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { buildGoProgram, installPythonPackages, isInstalled } from './build.js';
import { cacheFolder, withLock } from './cache.js';
import { downloadRelease, releaseOf } from './download.js';
import { findAz, findKubectl, isExecutable } from './path.js';
import { azureCliVersion, goPackages, goTools, goToolsKey, type GoTool, type Tools } from './pins.js';
import { reportWhile, type Progress } from './progress.js';

export type { Progress } from './progress.js';
export type { Tools } from './pins.js';

/**
 * Finds every program that the lab runs, bringing what is missing: az and kubectl from PATH when they are new enough;
 * else from the cache; else the official release; else built from source (Go programs) or from the Python index (az).
 * Two processes may call it at once. With a filled cache it takes milliseconds plus one `az version` at most.
 * @throws Error saying which program could not be had and why each way failed.
 */
export async function locateTools(progress: Progress): Promise<Tools> {
  if (process.platform !== 'linux') throw new Error(`the lab runs on Linux only, this is ${process.platform}`);
  const [az, programs] = await Promise.all([locateAz(progress), locateGoTools(progress)]);
  return { az, ...programs };
}

async function locateAz(progress: Progress): Promise<string> {
  const folder = join(cacheFolder(), `azure-cli-${azureCliVersion}`);
  const cached = join(folder, 'bin', 'az');
  const onPath = await findAz();
  if (onPath !== undefined) return onPath;
  if (isInstalled(folder)) return cached;
  await withLock(folder, progress, async () => {
    if (isInstalled(folder)) return;
    await reportWhile(progress, `az: installing azure-cli ${azureCliVersion} from the Python index (about 2 min)`, () =>
      installPythonPackages(folder, [`azure-cli==${azureCliVersion}`]),
    );
  });
  return cached;
}

async function locateGoTools(progress: Progress): Promise<Record<GoTool, string>> {
  const folder = join(cacheFolder(), goToolsKey);
  const kubectl = await findKubectl();
  const files = Object.fromEntries(goTools.map(tool => [tool, join(folder, tool)])) as Record<GoTool, string>;
  if (kubectl !== undefined) files.kubectl = kubectl;
  if (await areExecutable(Object.values(files))) return files;
  await withLock(folder, progress, async () => {
    await mkdir(folder, { recursive: true });
    await removeUnfinished(folder);
    const unreachable = new Map<string, string>();
    for (const tool of goTools) {
      if (!(await isExecutable(files[tool]))) await obtain(tool, files[tool], unreachable, progress);
    }
  });
  return files;
}

/** What a process that was killed while building or downloading has left. */
async function removeUnfinished(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter(name => name.startsWith('.'));
  await Promise.all(left.map(name => rm(join(folder, name), { recursive: true, force: true })));
}

async function areExecutable(files: readonly string[]): Promise<boolean> {
  return (await Promise.all(files.map(isExecutable))).every(Boolean);
}

/** Downloads, else builds. A host that failed once is not asked again, so that being offline costs seconds in all. */
async function obtain(
  tool: GoTool,
  target: string,
  unreachable: Map<string, string>,
  progress: Progress,
): Promise<void> {
  const release = releaseOf(tool);
  const host = new URL(release.url).host;
  if (!unreachable.has(host)) {
    try {
      await reportWhile(progress, `${tool}: downloading ${release.url}`, () => downloadRelease(release, target));
      return;
    } catch (error) {
      unreachable.set(host, describe(error));
    }
  }
  try {
    const program = { package: goPackages[tool], module: 'test/lab/tools/control-plane/go.mod' };
    await reportWhile(progress, `${tool}: building from source`, () => buildGoProgram(program, target));
  } catch (error) {
    throw new Error(
      `${tool} could be neither downloaded (${unreachable.get(host) ?? 'not tried'}) nor built (${describe(error)}); ` +
        'let this machine reach the release host, or install Go 1.26 or newer',
      { cause: error },
    );
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
