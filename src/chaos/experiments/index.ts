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

/** All experiments by name, in the order in which the documentation lists them. */
export const experiments = Object.fromEntries(definitions.map(definition => [definition.name, definition])) as Readonly<
  Record<ExperimentName, ExperimentDefinition<ExperimentName>>
>;

export const experimentNames: readonly ExperimentName[] = definitions.map(({ name }) => name);

/** The experiment of a name that comes from elsewhere, such as a record; undefined for an unknown name. */
export function findExperiment(name: string): ExperimentDefinition | undefined {
  return definitions.find(definition => definition.name === name);
}

/**
 * How long the fault of an experiment is held, in milliseconds: as the user wants it, else its own default. Nothing is
 * held where the injection is the whole fault.
 */
export function holdMsOf(name: ExperimentName, wantedMs: number | undefined): number {
  const { defaultMs } = experiments[name].hold;
  return defaultMs === 0 ? 0 : (wantedMs ?? defaultMs);
}
