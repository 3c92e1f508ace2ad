import { ActionError } from '../errors/action-error.js';
import type { Command, Runner } from '../runtime/ports.js';
import { hasStatus } from './api-error.js';
import type { KubernetesApi } from './api.js';

export interface Version {
  readonly major: number;
  readonly minor: number;
  /** As the program writes it, such as `v1.34.2`. */
  readonly text: string;
}

/** The oldest kubectl that we use: its kustomize knows `patches` files as documented today. */
const oldestKubectl = { major: 1, minor: 27 } as const;
const unauthorizedPauseMs = 3_000;

/**
 * Waits until the API server answers, as that of a new cluster may not do for minutes while its name spreads in DNS,
 * and gives its version. Refused credentials are tried once more, since new ones need a moment to be known.
 * @throws ApiError `api-unreachable` after `timeoutMs`, `api-unauthorized`; what authentication plugins lack.
 */
export async function waitForApi(api: KubernetesApi, timeoutMs: number): Promise<Version> {
  const request = { method: 'GET', path: '/version', why: 'reach the API server', patienceMs: timeoutMs } as const;
  try {
    return parseServerVersion(await api.raw(request));
  } catch (error) {
    if (!hasStatus(error, 401)) throw error;
    await api.clock.sleep(unauthorizedPauseMs, api.signal);
    return parseServerVersion(await api.raw(request));
  }
}

/** Asks kubectl for its own version; no cluster is contacted. */
export const readClientVersion: Command = {
  tool: 'kubectl',
  argv: ['version', '--client', '-o', 'json'],
  why: 'read the version of kubectl',
};

/**
 * The version of the kubectl on PATH; undefined for development builds, which carry none.
 * @throws ActionError `tool-missing`, `tool-too-old`, `command-failed`.
 */
export async function readKubectlVersion(runner: Runner, signal: AbortSignal): Promise<Version | undefined> {
  const result = await runner.run(readClientVersion, signal);
  if (result.code !== 0) {
    const message = `kubectl does not tell its version (exit code ${result.code}).`;
    throw new ActionError('command-failed', message, { evidence: result.stderr });
  }
  const { clientVersion } = JSON.parse(result.stdout) as { readonly clientVersion: VersionInfo };
  const version = parseVersion(clientVersion);
  if (version === undefined || compare(version, oldestKubectl) >= 0) return version;
  const { major, minor } = oldestKubectl;
  throw new ActionError('tool-too-old', `kubectl is ${version.text}; at least v${major}.${minor} is needed.`);
}

/**
 * What to warn of when kubectl and the API server are more than one minor version apart, which the version skew policy
 * of Kubernetes does not support; undefined when all is well or a version is not known.
 */
export function explainSkew(kubectl: Version | undefined, server: Version | undefined): string | undefined {
  if (kubectl === undefined || server === undefined || Math.abs(compare(kubectl, server)) <= 1) return undefined;
  return `kubectl ${kubectl.text} and the API server ${server.text} are more than one minor version apart, which Kubernetes does not support.`;
}

interface VersionInfo {
  readonly major: string;
  /** May end in a plus sign. */
  readonly minor: string;
  readonly gitVersion: string;
}

function parseServerVersion(text: string): Version {
  const info = JSON.parse(text) as VersionInfo;
  return parseVersion(info) ?? { major: 0, minor: 0, text: info.gitVersion };
}

/** Reads what `kubectl version` and `/version` tell; undefined when it is not a released version. */
export function parseVersion({ major, minor, gitVersion }: VersionInfo): Version | undefined {
  const numbers = [parseInt(major, 10), parseInt(minor, 10)] as const;
  if (numbers.some(Number.isNaN)) return undefined;
  const released = gitVersion.startsWith(`v${numbers[0]}.`);
  return { major: numbers[0], minor: numbers[1], text: released ? gitVersion : `v${numbers[0]}.${numbers[1]}` };
}

function compare(a: Pick<Version, 'major' | 'minor'>, b: Pick<Version, 'major' | 'minor'>): number {
  return (a.major - b.major) * 1000 + a.minor - b.minor;
}
