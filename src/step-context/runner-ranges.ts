import { findRunnerAddress, resolveRanges, runnerWord } from '../azure/runner-address.js';
import type { Context } from './context.js';

/** Ranges with the word `runner` replaced by this runner's own address, which is looked up only when it is needed. */
export async function withRunnerAddress(context: Context, ranges: readonly string[]): Promise<readonly string[]> {
  if (!ranges.includes(runnerWord)) return ranges;
  const { network, run } = context.ports;
  return resolveRanges(ranges, await findRunnerAddress(network, run.publicAddress, context.signal));
}
