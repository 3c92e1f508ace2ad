import { join } from 'node:path';
import { runnerEnvironment } from '../act.js';
import type { Lab } from '../lab.js';
import { az, logIn } from '../scenarios/support/azure-job.js';
import type { Machine } from './machine.js';

/** Returns a machine of the lab: the real az and kubectl, clusters like those of kind, and the Azure stand-in. */
export function labMachine(lab: Lab): Machine {
  return {
    folder: join(lab.folder, 'workflows'),
    env: runnerEnvironment(lab),
    idToken: lab.azure.jobIdentity,
    startCluster: (name, nodes) => lab.standaloneCluster(name, { nodes }),
    async logIn(env, subscription) {
      const environment = { ...env };
      await logIn(lab, environment);
      if (subscription !== '') await az(lab, ['account', 'set', '--subscription', subscription], { env: environment });
    },
    logOut: env => az(lab, ['account', 'clear'], { env }),
  };
}
