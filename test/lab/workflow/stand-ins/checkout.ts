import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { StandIn } from './stand-in.js';

/** Never in a checkout: the files that git ignores here, and the folder of git. */
const leftOut = new Set(['.git', 'build', 'coverage', 'node_modules', 'reports']);

/**
 * actions/checkout: copies the repository of the run into the workspace, whose HEAD is then the commit of the run. The
 * run has one commit only, so that is what `ref` may name.
 */
export const checkout: StandIn = {
  inputs: { repository: '', ref: '', path: '.', 'persist-credentials': 'true', 'fetch-depth': '1', token: '' },
  async run({ inputs, env, workspace, checkout: folder, print }) {
    const sha = env['GITHUB_SHA'] ?? '';
    if (![sha, ''].includes(inputs['ref'] ?? '')) throw new Error(`the run has no ref ${inputs['ref'] ?? ''}`);
    if (folder === undefined) {
      print('The run has no repository to check out.');
      return {};
    }
    const target = resolve(workspace, inputs['path'] ?? '.');
    await cp(folder, target, {
      recursive: true,
      filter: source => source === folder || !leftOut.has(basename(source)),
    });
    await mkdir(join(target, '.git'), { recursive: true });
    await writeFile(join(target, '.git', 'HEAD'), `${sha}\n`);
    return {};
  },
};
