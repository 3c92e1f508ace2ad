import { isIPv4 } from 'node:net';
import { ActionError, toActionError } from '../errors/action-error.js';
import type { Network } from '../runtime/ports.js';

/** The word in a list of ranges that stands for the runner's own address. */
export const runnerWord = 'runner';

/** The variable by which a runner behind a known address, or without a way to the services below, names it. */
export const runnerAddressVariable = 'MDAKS_RUNNER_ADDRESS';

/**
 * Services that answer with the caller's public address as plain text, asked in turn: ipify (www.ipify.org) and Amazon's
 * checkip. They are asked only where an input says `runner`; GitHub has no such service.
 */
const services = ['https://api.ipify.org', 'https://checkip.amazonaws.com'] as const;
const timeoutMs = 10_000;

/**
 * The public IPv4 address under which this runner reaches the internet. `known`, the value of MDAKS_RUNNER_ADDRESS, is
 * taken as it is, and nothing is asked.
 * @throws ActionError `invalid-input` for a malformed `known`, `connect-failed` when no service answers.
 */
export async function findRunnerAddress(network: Network, known: string, signal: AbortSignal): Promise<string> {
  if (known !== '') {
    if (isIPv4(known)) return known;
    throw new ActionError('invalid-input', `${runnerAddressVariable} is "${known}", which is no IPv4 address.`);
  }
  const failures: string[] = [];
  for (const url of services) {
    try {
      const { status, text } = await network.http({ method: 'GET', url, timeoutMs }, signal);
      const address = text.trim();
      if (status === 200 && isIPv4(address)) return address;
      failures.push(`${url}: status ${status}`);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${url}: ${toActionError(error).message}`);
    }
  }
  throw new ActionError('connect-failed', `This runner's public address could not be found. ${failures.join('; ')}`, {
    hint: `Set ${runnerAddressVariable} on the runner, or give the ranges instead of the word ${runnerWord}.`,
  });
}

/** Ranges with the word `runner` replaced by the runner's own address, each once. */
export function resolveRanges(ranges: readonly string[], address: string): readonly string[] {
  return [...new Set(ranges.map(range => (range === runnerWord ? `${address}/32` : range)))];
}
