import { findRunnerAddress, resolveRanges, runnerWord } from '../azure/cluster/runner-address.js';
import type { Context } from './context.js';

/**
 * Returns the ranges with the word `runner` replaced by the address of this runner, which is only looked up if needed.
 */
export async function withRunnerAddress(context: Context, ranges: readonly string[]): Promise<readonly string[]> {
  if (!ranges.includes(runnerWord)) return ranges;
  const { https, run } = context.ports;
  return resolveRanges(ranges, await findRunnerAddress(https, run.publicAddress, context.signal));
}
