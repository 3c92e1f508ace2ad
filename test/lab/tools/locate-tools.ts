import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type BuildProgress, buildGoPrograms, installPythonPackages, isInstalled } from './build.js';
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
  const left = new Set(['az', 'Kubernetes']);
  let isReported = false;
  const tell: Progress = line => {
    isReported = true;
    progress(line);
  };
  const finish = (what: string): void => {
    left.delete(what);
    if (isReported && left.size > 0) progress(`${what}: installed; still installing: ${[...left].join(', ')}`);
  };
  // At the same time: az mostly waits for the network, and Kubernetes for the processor.
  const [az, programs] = await Promise.all([
    locateAz(tell).then(path => {
      finish('az');
      return path;
    }),
    locateGoTools(tell).then(files => {
      finish('Kubernetes');
      return files;
    }),
  ]);
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
    await reportWhile(progress, `az: installing azure-cli ${azureCliVersion} from the Python index (about 1 min)`, () =>
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
    const missing: GoTool[] = [];
    for (const tool of goTools) if (!(await isExecutable(files[tool]))) missing.push(tool);
    const failures = await download(missing, files, progress);
    if (failures.size > 0) await build(failures, files, progress);
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

/**
 * Downloads programs, from all hosts at the same time. Returns those that failed, with the reason. After one failure a
 * host is not tried again, so that an offline machine loses only seconds.
 */
async function download(
  tools: readonly GoTool[],
  files: Readonly<Record<GoTool, string>>,
  progress: Progress,
): Promise<ReadonlyMap<GoTool, string>> {
  const failures = new Map<GoTool, string>();
  const hostOf = (tool: GoTool): string => new URL(releaseOf(tool).url).host;
  const fromHost = async (host: string): Promise<void> => {
    let failed: string | undefined;
    for (const tool of tools.filter(each => hostOf(each) === host)) {
      const release = releaseOf(tool);
      if (failed === undefined) {
        const get = (): Promise<void> => downloadRelease(release, files[tool]);
        await reportWhile(progress, `${tool}: downloading ${release.url}`, get).catch((error: unknown) => {
          failed = describe(error);
        });
      }
      if (failed !== undefined) failures.set(tool, failed);
    }
  };
  await Promise.all([...new Set(tools.map(hostOf))].map(fromHost));
  return failures;
}

/** Builds the programs that could not be downloaded. */
async function build(
  failures: ReadonlyMap<GoTool, string>,
  files: Readonly<Record<GoTool, string>>,
  progress: Progress,
): Promise<void> {
  const names = [...failures.keys()].join(', ');
  const programs = [...failures.keys()].map(tool => ({ package: goPackages[tool], target: files[tool] }));
  let state: BuildProgress | undefined;
  const howFar = (): string =>
    state === undefined ? 'fetching modules' : `${state.compiled} of at most ${state.total} packages compiled`;
  const work = (): Promise<void> =>
    buildGoPrograms(programs, 'test/lab/tools/control-plane/go.mod', {
      report: now => {
        state = now;
      },
    });
  progress(`Kubernetes: building from source (6 to 11 min on two cores): ${names}`);
  try {
    await reportWhile(progress, 'Kubernetes: building', work, howFar);
  } catch (error) {
    const reasons = [...new Set(failures.values())].join('; ');
    throw new Error(
      `${names} could be neither downloaded (${reasons}) nor built (${describe(error)}); ` +
        'let this machine reach the release hosts, or install Go 1.26 or newer',
      { cause: error },
    );
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
