import type { Answer } from './messages.js';

/**
 * Where az asks for the newest version of itself, with the paths that it asks for. It does so once per configuration
 * folder, at the first command, and no setting of az 2.91 keeps it from that (azure-cli-core, `handle_version_update`);
 * releases before 2.80 asked the other two hosts.
 */
const versionHosts: Readonly<Record<string, RegExp>> = {
  'azcliprod.blob.core.windows.net': /^\/cli(\/|$)/,
  'raw.githubusercontent.com': /^\/Azure\/azure-cli\//,
  'azure.microsoft.com': /^\/$/,
};

export const versionCheckHosts: readonly string[] = Object.keys(versionHosts);

/** The answer to a version check, which az takes as "not known"; undefined when the request is none. */
export function answerVersionCheck(host: string, path: string): Answer | undefined {
  return versionHosts[host]?.test(path) ? { status: 404 } : undefined;
}
