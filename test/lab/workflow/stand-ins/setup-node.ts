import type { StandIn } from './stand-in.js';

/** actions/setup-node: nothing to do, the node of the machine is used. */
export const setupNode: StandIn = {
  inputs: { 'node-version': '', 'node-version-file': '', cache: '', 'package-manager-cache': 'true' },
  run: ({ print }) => {
    print('The node of this machine is used.');
    return Promise.resolve({});
  },
};
