import { machineAccess } from '../experiment-access.js';
import { defineExperiment } from '../experiment.js';
import { chooseMachine } from './machine-targets.js';
import { cutPower, powerCommands, powerHold } from './power.js';

/** Powers off one machine. */
export const powerOff = defineExperiment({
  name: 'power-off',
  hold: powerHold,
  needs: { azure: true, unsupported: true },
  reverts: ['machines'],
  access: machineAccess,
  commands: powerCommands,
  nonGraceful: true,
  preflight: async (context, state) => cutPower(context, state, [await chooseMachine(context, state)]),
});
