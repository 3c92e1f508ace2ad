import { relative } from 'node:path';
import { findFiles } from '../find-files.js';
import type { StandIn } from './stand-in.js';

/** actions/upload-artifact since version 4: each name once per run, and no hidden files by default. */
export const uploadArtifact: StandIn = {
  inputs: {
    name: 'artifact',
    path: '',
    'if-no-files-found': 'warn',
    'retention-days': '',
    'compression-level': '6',
    overwrite: 'false',
    'include-hidden-files': 'false',
  },
  async run({ inputs, workspace, home, artifacts, print }) {
    const { name = '', path = '' } = inputs;
    if (path.trim() === '') throw new Error('Input required and not supplied: path');
    const hidden = inputs['include-hidden-files'] === 'true';
    const { files, root } = await findFiles(path, { workspace, home, hidden });
    if (files.length === 0) {
      const said = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
      const wanted = inputs['if-no-files-found'];
      if (wanted === 'error') throw new Error(said);
      print(wanted === 'ignore' ? said : `::warning::${said.replaceAll('\n', '%0A')}`);
      return {};
    }
    if (inputs['overwrite'] === 'true') await artifacts.remove(name || 'artifact');
    await artifacts.create(name || 'artifact', root, files);
    print(`Artifact ${name} has ${files.length} files: ${files.map(file => relative(root, file)).join(', ')}`);
    return { outputs: { 'artifact-id': String(Object.keys(artifacts.folders()).length) } };
  },
};
