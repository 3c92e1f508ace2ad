import type { ExperimentDefinition } from '../experiment.js';
import { baseline } from './baseline.js';
import { drain } from './drain.js';
import { kubeletStop } from './kubelet-stop.js';
import { nodeDelete } from './node-delete.js';
import { podKill } from './pod-kill.js';
import { powerOff } from './power-off.js';
import { quorumLoss } from './quorum-loss.js';
import { reboot } from './reboot.js';
import { rolling } from './rolling.js';
import { zone } from './zone.js';

const definitions = [
  baseline,
  drain,
  podKill,
  powerOff,
  reboot,
  nodeDelete,
  kubeletStop,
  rolling,
  zone,
  quorumLoss,
] as const;

export type ExperimentName = (typeof definitions)[number]['name'];

/** All experiments by name, in the order of the documentation. */
export const experiments = Object.fromEntries(definitions.map(definition => [definition.name, definition])) as Readonly<
  Record<ExperimentName, ExperimentDefinition<ExperimentName>>
>;

export const experimentNames: readonly ExperimentName[] = definitions.map(({ name }) => name);

/** Returns the experiment with a name from an external source, such as a record; undefined for an unknown name. */
export function findExperiment(name: string): ExperimentDefinition | undefined {
  return definitions.find(definition => definition.name === name);
}

/**
 * Returns how long the fault of an experiment is held, in milliseconds: the input, or the default of the experiment; 0
 * if the fault consists only of its injection.
 */
export function holdMsOf(name: ExperimentName, wantedMs: number | undefined): number {
  const { defaultMs } = experiments[name].hold;
  return defaultMs === 0 ? 0 : (wantedMs ?? defaultMs);
}
