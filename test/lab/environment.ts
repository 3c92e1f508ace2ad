import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import type { Tools } from './tools/pins.js';

/** Variables of the caller that programs need and that do not affect what they do with Azure or Kubernetes. */
const passedOn = ['LANG', 'LC_ALL', 'TERM', 'TZ'];

/**
 * Prepares the complete environment for az, kubectl and the action: the lab's az and kubectl first on PATH, a separate
 * home folder, the settings that lead az to the stand-in, and no other variable of the caller. Settings such as
 * AZURE_CONFIG_DIR, AZURE_DEFAULTS_GROUP, KUBECONFIG or PYTHONPATH would otherwise change what is tested.
 * @param folder gets `bin` and `home`
 */
export async function prepareEnvironment(
  folder: string,
  tools: Tools,
  standIn: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const bin = join(folder, 'bin');
  const home = join(folder, 'home');
  await Promise.all([mkdir(bin), mkdir(home)]);
  await Promise.all((['az', 'kubectl'] as const).map(tool => symlink(tools[tool], join(bin, tool))));
  const passed = passedOn.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    PATH: [bin, process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    HOME: home,
    // What a killed program leaves goes with the lab.
    TMPDIR: folder,
    ...standIn,
  };
}
