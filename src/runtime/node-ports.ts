import { readFileSync } from 'node:fs';
import { access, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, Files, RunFacts } from './ports.js';
import { findPullRequest } from './pull-request.js';

/** The clocks of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
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
  async writeText(path, text, mode = 0o644) {
    await mkdir(dirname(path), { recursive: true });
    // Written to a temporary file and renamed: a reader finds the old text or the new one, never a part, even if this
    // process ends.
    const temporaryPath = `${path}.${process.pid}`;
    await writeFile(temporaryPath, text, { mode });
    await rename(temporaryPath, path);
  },
  async makeFolder(path, mode = 0o755) {
    await mkdir(path, { recursive: true, mode });
  },
  exists: path =>
    access(path).then(
      () => true,
      () => false,
    ),
  realPath: path => realpath(path),
  list: path => readdir(path),
  remove: path => rm(path, { recursive: true, force: true }),
};

/**
 * Reads facts about the run from the environment; see "Default environment variables" in the GitHub Actions
 * documentation.
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
    tempFolder: environment['RUNNER_TEMP'] ?? '/tmp',
    platform: process.platform,
    azureCloud: environment['AZURE_CLOUD_NAME'] ?? '',
    publicAddress: environment['MDAKS_RUNNER_ADDRESS'] ?? '',
  };
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
