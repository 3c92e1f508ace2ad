import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectFile } from '../tools/project-files.js';

const variable = 'LAB_FORKED_AZ';

/** Returns the path of an az that starts by fork, if the server runs. */
export function findForkedAz(): string | undefined {
  return process.env[variable];
}

/**
 * Starts a server from which labs of this process and of those that it starts fork their az, because its libraries take
 * half a second of the processor to load. Does nothing for an az that is no script of Python. Ends with this process.
 * @param az the az as it is installed
 */
export async function startAzForkServer(az: string): Promise<void> {
  const [, python] = /^#!(\S*python\S*)\n/.exec(await readFile(az, 'latin1')) ?? [];
  if (python === undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-az-'));
  const client = join(folder, 'az');
  const program = await readFile(projectFile('test/lab/az/client.py'), 'utf8');
  await writeFile(client, `#!${python} -IS\n${program}`, { mode: 0o755 });
  const server = spawn(python, [projectFile('test/lab/az/fork-server.py'), folder], {
    // A separate session: Ctrl-C in a terminal must not end an az that its caller lets run.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { LANG: 'C.UTF-8' },
  });
  const ended = once(server, 'exit').then(() => {
    throw new Error(`the fork server of ${az} ended before it listened`);
  });
  await Promise.race([once(server.stdout, 'data'), ended]);
  for (const handle of [server, server.stdin, server.stdout] as unknown as { unref(): void }[]) handle.unref();
  process.env[variable] = client;
}
