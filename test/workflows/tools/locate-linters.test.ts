import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateLinters } from './locate-linters.js';
import { readLinterPins } from './pins.js';

const pins = readLinterPins();

/** A machine that has nothing but the programs that a test puts there. */
let machine: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), 'machine-'));
  env = { PATH: join(machine, 'bin'), XDG_CACHE_HOME: join(machine, 'cache') };
  await mkdir(join(machine, 'bin'));
});

afterEach(async () => {
  await rm(machine, { recursive: true, force: true });
});

async function put(name: string, says: string): Promise<string> {
  const file = join(machine, 'bin', name);
  await writeFile(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return file;
}

async function putAll({ actionlint, zizmor, shellcheck }: Record<'actionlint' | 'zizmor' | 'shellcheck', string>) {
  return {
    actionlint: await put('actionlint', `v${actionlint}`),
    zizmor: await put('zizmor', `zizmor ${zizmor}`),
    shellcheck: await put('shellcheck', `ShellCheck - shell script analysis tool\nversion: ${shellcheck}`),
  };
}

const locate = async (): Promise<unknown> => locateLinters(() => undefined, env);

it('takes what is on the PATH when it has the very versions that are pinned', async () => {
  const programs = await putAll(pins);
  expect(await locate()).toEqual(programs);
  // Nothing was brought.
  expect(await readdir(machine)).toEqual(['bin']);
});

it('takes no other version, and without Go, Python and the network says what to install', async () => {
  await putAll({ actionlint: '1.7.11', zizmor: '1.31.1', shellcheck: '0.9.0' });
  const message: unknown = await locate().catch((error: unknown) => (error as Error).message);
  expect(message).toMatch(
    new RegExp(`actionlint ${pins.actionlint} could not be built .*; install Go 1\\.26 or newer`),
  );
  expect(message).toMatch(new RegExp(`zizmor ${pins.zizmor} and ShellCheck ${pins.shellcheck} .*; install python3`));
});

it('says what go and pip said where they are there and fail', async () => {
  for (const name of ['go', 'python3']) {
    await writeFile(join(machine, 'bin', name), `#!/bin/sh\necho 'no route for ${name}' >&2\nexit 1\n`, {
      mode: 0o755,
    });
  }
  await expect(locate()).rejects.toThrow(/no route for go[\s\S]*no route for python3/);
});
