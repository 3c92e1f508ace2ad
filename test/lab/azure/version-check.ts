import type { Answer } from './messages.js';

/**
 * The hosts and paths from which az requests its newest version. It does so once per configuration folder, at the first
 * command, and no setting of az 2.91 prevents it (azure-cli-core, `handle_version_update`). Releases before 2.80 used
 * the other two hosts.
 */
const versionHosts: Readonly<Record<string, RegExp>> = {
  'azcliprod.blob.core.windows.net': /^\/cli(\/|$)/,
  'raw.githubusercontent.com': /^\/Azure\/azure-cli\//,
  'azure.microsoft.com': /^\/$/,
};

export const versionCheckHosts: readonly string[] = Object.keys(versionHosts);

/** Returns the response to a version check, which az takes as "not known"; undefined for any other request. */
export function answerVersionCheck(host: string, path: string): Answer | undefined {
  return versionHosts[host]?.test(path) ? { status: 404 } : undefined;
}
