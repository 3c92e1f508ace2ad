import { expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { hangMs } from '../lab/scenarios/support/limits.js';
import { projectFile } from '../lab/tools/project-files.js';
import { describeHost, differencesFrom } from './support/host.js';

jest.setTimeout(hangMs);

it('the lab with real nodes runs until Ctrl-C, and leaves nothing on the host', async () => {
  const before = await describeHost();
  const words = [projectFile('build/test/lab/serve.js'), 'nodes=real'];
  const lab = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  lab.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  while (!output.includes('Ctrl-C ends everything')) await once(lab.stdout, 'data');
  expect((await differencesFrom(before, 0)).join('\n')).toMatch(/\+ device mdlab/);
  lab.kill('SIGINT');
  expect(await once(lab, 'close')).toEqual([0, null]);
  expect(await differencesFrom(before)).toEqual([]);
});
