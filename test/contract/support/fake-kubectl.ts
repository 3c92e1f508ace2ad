import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Invocation, Programs } from './programs.js';
import type { Answer } from './protocol.js';

const clientVersion = { major: '1', minor: '36', gitVersion: 'v1.36.3' };

/** Scripts the fake kubectl for what the action runs: `proxy` to the stand-in behind `apiSocket`, `kustomize` and `version`. */
export function scriptKubectl(programs: Programs, apiSocket: string): void {
  programs.on(/^kubectl version --client /, { stdout: JSON.stringify({ clientVersion, kustomizeVersion: 'v5.7.1' }) });
  programs.on(/^kubectl kustomize /, concatenate);
  programs.on(/^kubectl (.* )?proxy /, ({ argv }) => {
    const from = argv.find(argument => argument.startsWith('--unix-socket='))?.slice('--unix-socket='.length);
    if (from === undefined) return { code: 1, stderr: 'error: only --unix-socket is served here\n' };
    return { proxy: { from, to: apiSocket } };
  });
}

/** Returns the resources that a kustomization names, in order; the fake ignores patches. */
function concatenate({ argv }: Invocation): Answer {
  const folder = argv.slice(1).find(argument => !argument.startsWith('-')) ?? '.';
  try {
    const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
      readonly resources: readonly string[];
    };
    const documents = kustomization.resources.map(name => readFileSync(join(folder, name), 'utf8').trimEnd());
    return { stdout: `${documents.join('\n---\n')}\n` };
  } catch (error) {
    return { code: 1, stderr: `error: ${String(error)}\n` };
  }
}
