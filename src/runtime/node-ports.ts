import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolders, orUnwritable } from './disk.js';
import { access, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from './file-system.js';
import type { Clock, Files, RunFacts } from './ports.js';
import { findPullRequest } from './pull-request.js';
import { codeOf } from './thrown.js';

/** The clocks of the machine. */
export const systemClock: Clock = {
  // The clock of `performance`, which would also load its observers.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  date: () => new Date(),
  async sleep(ms, signal) {
    signal.throwIfAborted();
    try {
      await pause(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/** The runner's file system. */
export const diskFiles: Files = {
  readText: path => readFile(path, 'utf8'),
  size: async path => {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    return found.size;
  },
  writeText: (path, text, mode = 0o644) => replaceFile(path, text, mode),
  writeBytes: (path, bytes) => replaceFile(path, bytes, 0o644),
  makeFolder: (path, mode = 0o755) => orUnwritable(path, () => makeFolders(path, mode)),
  exists: path =>
    access(path).then(
      () => true,
      () => false,
    ),
  realPath: path => realpath(path),
  isFolder: path =>
    stat(path).then(
      found => found.isDirectory(),
      () => false,
    ),
  list: path => readdir(path),
  link: (path, folder) =>
    orUnwritable(path, async () => {
      const temporaryPath = `${path}.${crypto.randomUUID()}`;
      await symlink(folder, temporaryPath);
      await rename(temporaryPath, path);
    }),
  remove: path => rm(path, { recursive: true, force: true }),
};

/**
 * Writes to a temporary file and renames it: a reader finds the old content or the new one, never a part, even if this
 * process ends.
 */
function replaceFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  return orUnwritable(path, async () => {
    const temporaryPath = `${path}.${process.pid}`;
    const write = (): Promise<void> => writeFile(temporaryPath, content, { mode });
    try {
      await write();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      await makeFolders(dirname(path), 0o755);
      await write();
    }
    await rename(temporaryPath, path);
  });
}

/**
 * Reads facts about the run from the environment; see "Default environment variables" in the GitHub Actions
 * documentation.
 * @throws Error outside of a runner if another user has made the folder that it needs.
 */
export function readRunFacts(environment: NodeJS.ProcessEnv): RunFacts {
  const pullRequest = findPullRequest(readEvent(environment['GITHUB_EVENT_PATH']), environment['GITHUB_REF'] ?? '');
  return {
    repository: environment['GITHUB_REPOSITORY'] ?? 'local/local',
    runId: environment['GITHUB_RUN_ID'] ?? '0',
    attempt: environment['GITHUB_RUN_ATTEMPT'] ?? '1',
    job: environment['GITHUB_JOB'] ?? 'local',
    serverUrl: environment['GITHUB_SERVER_URL'] ?? 'https://github.com',
    apiUrl: (environment['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/+$/, ''),
    ...(pullRequest !== undefined && { pullRequest }),
    tempFolder: environment['RUNNER_TEMP'] ?? privateFolder(environment['TMPDIR'] ?? '/tmp'),
    platform: process.platform,
    azureCloud: environment['AZURE_CLOUD_NAME'] ?? '',
    publicAddress: environment['MDAKS_RUNNER_ADDRESS'] ?? '',
    openFiles: readOpenFiles(),
  };
}

/** Node raises the limit as far as it may when it starts; see "/proc/pid/limits" in proc(5). */
function readOpenFiles(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(limit ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Returns the event that started the run; undefined if it cannot be read, such as outside of GitHub. */
function readEvent(path: string | undefined): unknown {
  if (!path) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Returns a folder for runs outside of a runner. Every user can make names in `parent`: it is used only if it is ours. */
function privateFolder(parent: string): string {
  const ourId = process.getuid?.() ?? 0;
  const path = join(parent, `migratorydata-aks-${ourId}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // A link that somebody placed has the mode 0777.
  const { mode, uid } = lstatSync(path);
  if ((mode & 0o77) === 0 && uid === ourId) return path;
  throw new Error(`RUNNER_TEMP is not set, and other users can change ${path}. Set RUNNER_TEMP to a private folder.`);
}
