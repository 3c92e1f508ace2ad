import { findRunnerAddress, resolveRanges, runnerWord } from '../azure/runner-address.js';
import type { Context } from './context.js';

/**
 * Returns the ranges with the word `runner` replaced by the address of this runner, which is only looked up if needed.
 */
export async function withRunnerAddress(context: Context, ranges: readonly string[]): Promise<readonly string[]> {
  if (!ranges.includes(runnerWord)) return ranges;
  const { network, run } = context.ports;
  return resolveRanges(ranges, await findRunnerAddress(network, run.publicAddress, context.signal));
}
