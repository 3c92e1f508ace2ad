import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { kubernetesVersion, oldestAzureCli } from './pins.js';
import { runTool } from './run.js';

/** The first executable file of this name on PATH. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Major and minor version as numbers; undefined when the text does not begin with two numbers. */
function parseVersion(text: string | undefined): readonly [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\b/.exec(text ?? '');
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** What a broken program on PATH says is of no interest: the lab then brings its own. */
async function ask(file: string, argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await runTool(file, argv)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The az on PATH, when it is new enough for the action. */
export async function findAz(): Promise<string | undefined> {
  const file = await findOnPath('az');
  if (file === undefined) return undefined;
  const found = parseVersion((await ask(file, ['version', '--output', 'json']))['azure-cli'] as string | undefined);
  const oldest = parseVersion(oldestAzureCli);
  if (found === undefined || oldest === undefined) return undefined;
  return found[0] > oldest[0] || (found[0] === oldest[0] && found[1] >= oldest[1]) ? file : undefined;
}

/**
 * The kubectl on PATH, when it is within one minor version of the lab's control plane: the skew that Kubernetes
 * supports (kubernetes.io/releases/version-skew-policy).
 */
export async function findKubectl(): Promise<string | undefined> {
  const file = await findOnPath('kubectl');
  if (file === undefined) return undefined;
  const answer = await ask(file, ['version', '--client', '--output', 'json']);
  const found = parseVersion((answer['clientVersion'] as { gitVersion?: string } | undefined)?.gitVersion);
  const server = parseVersion(kubernetesVersion);
  if (found === undefined || server === undefined) return undefined;
  return found[0] === server[0] && Math.abs(found[1] - server[1]) <= 1 ? file : undefined;
}
