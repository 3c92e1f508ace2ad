import { holdOf } from '../spec.js';
import type { Experiment } from '../experiment.js';
import { chooseMachine } from './machine-targets.js';
import { cutPower } from './power.js';

/** One machine loses its power. */
export const powerOff: Experiment = {
  name: 'power-off',
  abrupt: true,
  preflight: (scene, found) =>
    cutPower(scene, found, [chooseMachine(scene, found)], holdOf('power-off', scene.chaos.holdMs)),
};
