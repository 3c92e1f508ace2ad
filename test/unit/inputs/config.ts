import { type ConfigReading, loadConfig } from '../../../src/inputs/config-source.js';
import { type ReadRequest, readRequest } from '../../../src/inputs/read-request.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import { MemoryFiles, someRun } from '../fakes.js';
import { environmentOf, type Given, linesOf } from './read.js';

const sha = '0123456789abcdef0123456789abcdef01234567';
export const defaultPath = '.github/migratorydata.yml';

/** A workspace at the commit of the run with this config file, and its link targets and other files by absolute path. */
export function workspaceWith(config: string, head = sha): MemoryFiles {
  const files = new MemoryFiles();
  files.texts.set(`/workspace/${defaultPath}`, config);
  files.texts.set('.git/HEAD', `${head}\n`);
  return files;
}

/** Upper-case names are variables of the environment. */
export function load(files: MemoryFiles, given: Given = {}): Promise<ConfigReading> {
  const env = { GITHUB_SHA: sha, GITHUB_EVENT_NAME: 'push', ...environmentOf(given) };
  return loadConfig(files, env, someRun);
}

export async function readWithConfig(config: string, given: Given = {}): Promise<ReadRequest<Request>> {
  const reading = await load(workspaceWith(config), given);
  return readRequest({ env: environmentOf(given), run: someRun, config: reading }, operationDefinitions);
}

/** The lines of the problems, without their leading dash; none when all is fine. */
export async function configProblems(config: string, given: Given = {}): Promise<readonly string[]> {
  try {
    await readWithConfig(config, given);
    return [];
  } catch (error) {
    return linesOf(error);
  }
}
