import { ActionError } from '../../errors/action-error.js';
import type { Command, Runner } from '../../runtime/ports.js';
import { describeExit, onlyResult } from '../../runtime/program-output.js';
import { clipEnd, toOneLine } from '../../runtime/text.js';
import { retry } from '../../runtime/time.js';
import { hasStatus } from './api-error.js';
import type { KubernetesApi } from './api.js';

export interface Version {
  readonly major: number;
  readonly minor: number;
  /** As printed by the program, such as `v1.34.2`. */
  readonly text: string;
}

/** The minimum version of kubectl: its kustomize supports `patches` files as documented today. */
const oldestKubectl = { major: 1, minor: 27 } as const;
const unauthorizedPauseMs = 3_000;

/**
 * Waits until the API server responds, and returns its version. A new cluster may be unreachable for minutes while its
 * name propagates in DNS. Rejected credentials are retried once, because new credentials need a moment to become valid.
 * @throws ApiError `api-unreachable` after `timeoutMs`, `api-unauthorized`; the errors of authentication plugins.
 */
export async function waitForApi(api: KubernetesApi, timeoutMs: number): Promise<Version> {
  const request = { method: 'GET', path: '/version', why: 'reach the API server', patienceMs: timeoutMs } as const;
  const read = async (): Promise<Version> => parseServerVersion(await api.raw(request));
  return retry(api.clock, api.signal, read, (error, tries) =>
    hasStatus(error, 401) && tries === 1 ? unauthorizedPauseMs : undefined,
  );
}

/** Reads the version of kubectl itself; it contacts no cluster. */
export const readClientVersion: Command = {
  tool: 'kubectl',
  argv: ['version', '--client', '-o', 'json'],
  why: 'read the version of kubectl',
};

/**
 * Returns the version of kubectl on PATH; undefined for development builds, which have no version.
 * @throws ActionError `tool-missing`, `tool-too-old`, `command-failed`.
 */
export async function readKubectlVersion(runner: Runner, signal: AbortSignal): Promise<Version | undefined> {
  const result = await runner.run(readClientVersion, signal);
  if (result.code !== 0) {
    const message = `kubectl did not print its version: it ${describeExit(result.code)}.`;
    throw new ActionError('command-failed', message, { evidence: result.stderr });
  }
  const version = parseVersion(parseClientVersion(result.stdout));
  if (version === undefined || compare(version, oldestKubectl) >= 0) return version;
  const { major, minor } = oldestKubectl;
  throw new ActionError('tool-too-old', `kubectl is ${version.text}, but at least v${major}.${minor} is required.`);
}

/**
 * Returns a warning when kubectl and the API server are more than one minor version apart, which the version skew
 * policy of Kubernetes does not support; otherwise, or if a version is unknown, undefined.
 */
export function explainSkew(kubectl: Version | undefined, server: Version | undefined): string | undefined {
  if (kubectl === undefined || server === undefined || Math.abs(compare(kubectl, server)) <= 1) return undefined;
  return `kubectl ${kubectl.text} and the API server ${server.text} are more than one minor version apart, which Kubernetes does not support.`;
}

interface VersionInfo {
  readonly major: string;
  /** May end with a plus sign. */
  readonly minor: string;
  readonly gitVersion: string;
}

function parseClientVersion(output: string): VersionInfo {
  try {
    const { clientVersion } = JSON.parse(output) as { readonly clientVersion: VersionInfo };
    return clientVersion;
  } catch (cause) {
    const message = `The version of kubectl cannot be read: its output is not JSON; it begins with "${clipEnd(toOneLine(output), 100)}".`;
    throw new ActionError('command-failed', message, { hint: onlyResult('kubectl'), evidence: output, cause });
  }
}

function parseServerVersion(text: string): Version {
  const info = JSON.parse(text) as VersionInfo;
  return parseVersion(info) ?? { major: 0, minor: 0, text: info.gitVersion };
}

/** Parses the version from `kubectl version` and `/version`; undefined when it is not a released version. */
export function parseVersion({ major, minor, gitVersion }: VersionInfo): Version | undefined {
  const numbers = [parseInt(major, 10), parseInt(minor, 10)] as const;
  if (numbers.some(Number.isNaN)) return undefined;
  const released = gitVersion.startsWith(`v${numbers[0]}.`);
  return { major: numbers[0], minor: numbers[1], text: released ? gitVersion : `v${numbers[0]}.${numbers[1]}` };
}

function compare(a: Pick<Version, 'major' | 'minor'>, b: Pick<Version, 'major' | 'minor'>): number {
  return (a.major - b.major) * 1000 + a.minor - b.minor;
}
