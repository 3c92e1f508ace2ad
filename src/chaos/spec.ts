import type { ExperimentName } from './experiments/index.js';
import type { ChaosSettings } from './settings.js';

/** The experiments of a step, and their common settings. */
export interface Chaos extends ChaosSettings {
  readonly experiments: readonly ExperimentName[];
}
