import { ActionError, toActionError } from '../../errors/action-error.js';
import { ipVersionOf } from '../../runtime/ip-version.js';
import type { Https } from '../../runtime/ports.js';

/** The word in a list of ranges that means the address of the runner. */
export const runnerWord = 'runner';

/**
 * The variable in which a runner specifies its address, if the address is known or the services below are unreachable.
 */
const runnerAddressVariable = 'MDAKS_RUNNER_ADDRESS';

/**
 * Services that return the public address of the caller as plain text, called in turn: ipify (www.ipify.org) and
 * Amazon's checkip. They are called only when an input contains `runner`; GitHub has no such service.
 */
const services = ['https://api.ipify.org', 'https://checkip.amazonaws.com'] as const;
const timeoutMs = 10_000;

/**
 * Returns the public IPv4 address of this runner, as Azure sees it: with a proxy in the environment, that is the address of
 * the proxy. `known`, the value of MDAKS_RUNNER_ADDRESS, is returned without calling a service.
 * @throws ActionError `invalid-input` for an invalid `known`, `connect-failed` when no service responds.
 */
export async function findRunnerAddress(https: Https, known: string, signal: AbortSignal): Promise<string> {
  if (known !== '') {
    if (ipVersionOf(known) === 4) return known;
    throw new ActionError('invalid-input', `${runnerAddressVariable} is "${known}", which is not an IPv4 address.`);
  }
  const failures: string[] = [];
  for (const url of services) {
    try {
      const { status, text } = await https.send({ method: 'GET', url, headers: {}, timeoutMs }, signal);
      const address = text.trim();
      if (status === 200 && ipVersionOf(address) === 4) return address;
      failures.push(`${url}: status ${status}`);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${url}: ${toActionError(error).message}`);
    }
  }
  throw new ActionError(
    'connect-failed',
    `The public address of this runner could not be determined. ${failures.join('; ')}`,
    {
      hint: `Set ${runnerAddressVariable} on the runner, or specify the ranges instead of ${runnerWord}.`,
    },
  );
}

/** Returns the ranges with `runner` replaced by the address of the runner, without duplicates. */
export function resolveRanges(ranges: readonly string[], address: string): readonly string[] {
  return [...new Set(ranges.map(range => (range === runnerWord ? `${address}/32` : range)))];
}
