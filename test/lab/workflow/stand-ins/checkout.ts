import { cp } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { StandIn } from './stand-in.js';

/** Never in a checkout: the files that git ignores here, and the folder of git. */
const leftOut = new Set(['.git', 'build', 'coverage', 'node_modules', 'reports']);

/** actions/checkout: copies the repository of the run into the workspace. */
export const checkout: StandIn = {
  inputs: { repository: '', ref: '', path: '.', 'persist-credentials': 'true', 'fetch-depth': '1', token: '' },
  async run({ inputs, workspace, checkout: folder, print }) {
    if (folder === undefined) {
      print('The run has no repository to check out.');
      return {};
    }
    await cp(folder, resolve(workspace, inputs['path'] ?? '.'), {
      recursive: true,
      filter: source => source === folder || !leftOut.has(basename(source)),
    });
    return {};
  },
};
