import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StandIn } from './stand-in.js';

/**
 * actions/download-artifact since version 4: one artifact by its name, or those that match a pattern. Each gets a
 * separate folder, unless they are merged or there is only one (download-artifact.ts).
 */
export const downloadArtifact: StandIn = {
  inputs: { name: '', pattern: '', path: '', 'merge-multiple': 'false' },
  async run({ inputs, workspace, home, artifacts, print }) {
    const { name = '', pattern = '', path = '' } = inputs;
    const all = Object.entries(artifacts.folders());
    const expression = toExpression(pattern || '*');
    const chosen = all.filter(([each]) => (name === '' ? expression.test(each) : each === name));
    if (name !== '' && chosen.length === 0) {
      throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
    }
    const target = resolve(workspace, path.replace(/^~/, home));
    const flat = name !== '' || inputs['merge-multiple'] === 'true' || chosen.length === 1;
    for (const [each, folder] of chosen) {
      await cp(folder, flat ? target : join(target, each), { recursive: true });
    }
    print(`Downloaded ${chosen.map(([each]) => each).join(', ') || 'nothing'}`);
    return { outputs: { 'download-path': target } };
  },
};

function toExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`);
}
