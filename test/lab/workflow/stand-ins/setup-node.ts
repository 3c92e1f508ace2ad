import type { StandIn } from './stand-in.js';

/** actions/setup-node: does nothing, the job uses the Node of the machine. */
export const setupNode: StandIn = {
  inputs: { 'node-version': '', 'node-version-file': '', cache: '', 'package-manager-cache': 'true' },
  run: ({ print }) => {
    print('The node of this machine is used.');
    return Promise.resolve({});
  },
};
