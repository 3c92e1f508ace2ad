import type { RunNumbers } from '../journal/experiment-numbers.js';
import type { ExperimentName } from './experiments/index.js';
import type { ChaosSettings } from './settings.js';

/** The experiments of a step, and their common settings. */
export interface Chaos extends ChaosSettings {
  readonly experiments: readonly ExperimentName[];
  /** How often each experiment runs. */
  readonly repeat: number;
  /** The runs to compare with; absent if nothing is compared. */
  readonly baseline?: Baseline;
}

/** What an earlier report says of its runs. */
export interface Baseline {
  readonly path: string;
  /** The runs that count. */
  readonly runs: readonly { readonly experiment: string; readonly numbers: RunNumbers }[];
}
