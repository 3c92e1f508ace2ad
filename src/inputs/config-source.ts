import { resolveInWorkspace, resolveNamed } from '../runtime/contained-path.js';
import type { Files, RunFacts } from '../runtime/ports.js';
import { sha256 } from '../runtime/sha256.js';
import { codeOf, reasonOf } from '../runtime/thrown.js';
import { type ConfigContent, readConfig } from './config-file.js';
import { pathInputs } from './config-sections.js';
import type { Environment } from './environment.js';
import { createProblems, type Problem } from './problems.js';
import { type RawInputs, readRawInputs } from './raw-inputs.js';

/** The config file of a step as it was read. */
export interface ConfigFile {
  readonly path: string;
  /** The commit of the workspace; empty if it is not a checkout. */
  readonly commit: string;
  /** The SHA-256 of the file, in hexadecimal digits. */
  readonly digest: string;
}

/** What the config file gives to the inputs. */
export interface ConfigReading extends ConfigContent {
  /** Absent if there is none, or if it is not used. */
  readonly file?: ConfigFile;
  /** Whether the step works without a file on purpose: `config: none`. */
  readonly isOff: boolean;
  /** Sentences for the user. */
  readonly warnings: readonly string[];
}

/** The word for no file. */
const off = 'none';
/** The size limit of the file, in characters: many times what all inputs need. */
const sizeLimit = 65_536;
/** Events whose runs have rights that the author of the workspace may not have ("Events that trigger workflows"). */
const privilegedEvents: readonly string[] = ['pull_request_target', 'workflow_run'];

/** The result without a file. */
export const noConfig: ConfigReading = { isOff: false, values: new Map(), problems: [], warnings: [] };

/**
 * Reads the config file that the inputs name, else the one at the default path if the workspace is the commit of the
 * run. Throws nothing: what is wrong is a problem among those of the other inputs.
 */
export async function loadConfig(files: Files, env: Environment, run: RunFacts): Promise<ConfigReading> {
  const raw = readRawInputs({ env, run }, createProblems([]));
  const reading = await findConfig(files, raw, env);
  const expected = raw.text('config-digest');
  const found = digestOf(reading);
  if (expected === '' || expected === found) return reading;
  const rule = `must be the SHA-256 of the config file, but it is ${found}`;
  const remedy = 'check out the same commit in all jobs, before the first step';
  return { ...reading, problems: [{ input: 'config-digest', value: expected, rule, remedy }, ...reading.problems] };
}

/** Returns the SHA-256 of the config file, or `none`, as `config-digest` gives it. */
export function digestOf({ file }: ConfigReading): string {
  return file?.digest ?? off;
}

async function findConfig(files: Files, raw: RawInputs, env: Environment): Promise<ConfigReading> {
  const path = raw.text('config');
  if (path === off) return { ...noConfig, isOff: true };
  const isGiven = raw.sourceOf('config') !== 'default';
  try {
    const found = await findFile(files, path);
    if (found === undefined) {
      if (!isGiven) return noConfig;
      const remedy = 'check out the repository before this step, correct the path, or set config to none';
      return withProblem({ input: 'config', value: path, rule: 'does not exist', remedy });
    }
    const commit = (await readHead(files)) ?? '';
    const reason = isGiven ? undefined : whyUnused(commit, env);
    if (reason === undefined) return await readFile(files, { path, commit }, await files.readText(found));
    const warning = `${path} is not used: ${reason}. Set config to its path to use it, or to none.`;
    return { ...noConfig, warnings: [warning] };
  } catch (error) {
    const rule = `cannot be read (${reasonOf(error)})`;
    return withProblem({ input: 'config', value: path, rule, remedy: 'correct the path, or set config to none' });
  }
}

function withProblem(problem: Problem): ConfigReading {
  return { ...noConfig, problems: [problem] };
}

/** Only what was committed to this run is read without being asked for. */
function whyUnused(commit: string, env: Environment): string | undefined {
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  const sha = env['GITHUB_SHA'] ?? '';
  if (privilegedEvents.includes(event)) return `a run of ${event} may have rights that the author of the file has not`;
  if (commit !== '' && commit === sha) return undefined;
  const found = commit === '' ? 'the workspace is no checkout of a commit' : `the workspace is at commit ${commit}`;
  return `${found}, and the run belongs to commit ${sha || 'unknown'}`;
}

/** Returns the real path of the file; undefined if there is none. */
async function findFile(files: Files, path: string): Promise<string | undefined> {
  try {
    const real = await resolveNamed(files, path);
    return (await files.exists(real)) ? real : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readFile(files: Files, at: Pick<ConfigFile, 'path' | 'commit'>, text: string): Promise<ConfigReading> {
  const file = { ...at, digest: sha256(text) };
  const { path } = file;
  if (text.length > sizeLimit) {
    const rule = `has more than ${sizeLimit} characters`;
    return { ...withProblem({ input: path, rule, remedy: 'remove what the action does not read' }), file };
  }
  const { values, problems } = readConfig(path, text);
  const outside: Problem[] = [];
  for (const name of pathInputs) {
    const value = values.get(name);
    const rule = value && (await whyOutside(files, value.text));
    if (value && rule) {
      outside.push({ input: value.place, value: value.text, rule, remedy: 'name a file or folder in the workspace' });
    }
  }
  return { ...noConfig, file, values, problems: [...problems, ...outside] };
}

async function whyOutside(files: Files, path: string): Promise<string | undefined> {
  try {
    await resolveInWorkspace(files, path);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? 'does not exist in the workspace'
      : 'must stay inside the workspace, links included';
  }
}

/**
 * Returns the commit that is checked out in the workspace, as git stores it (gitrepository-layout); undefined if there
 * is no checkout. No process is started for it.
 */
async function readHead(files: Files): Promise<string | undefined> {
  try {
    const head = (await files.readText('.git/HEAD')).trim();
    const [, ref] = /^ref: (refs\/[\w./-]+)$/.exec(head) ?? [];
    if (ref === undefined) return head;
    if (await files.exists(`.git/${ref}`)) return (await files.readText(`.git/${ref}`)).trim();
    const packed = (await files.readText('.git/packed-refs')).split('\n').find(line => line.endsWith(` ${ref}`));
    return packed?.split(' ')[0];
  } catch {
    return undefined;
  }
}
