import type { Experiment } from '../experiment.js';
import { holdOf } from '../spec.js';
import { chooseMachine } from './machine-targets.js';
import { cutPower } from './power.js';

/** One machine loses its power. */
export const powerOff: Experiment = {
  name: 'power-off',
  nonGraceful: true,
  preflight: (context, found) =>
    cutPower(context, found, [chooseMachine(context, found)], holdOf('power-off', context.chaos.holdMs)),
};
