import type { Texts } from './tokens.js';

/** A cluster that a job makes for itself. */
export interface MachineCluster {
  /** A file that leads to it. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** What runners of jobs stand on: folders, an environment, and what the world outside gives a job. */
export interface Machine {
  /** Gets the folders of the runs. */
  readonly folder: string;
  /** The environment of the runner itself, PATH included, which its jobs inherit. */
  readonly env: Texts;
  /** The token service of a job with `id-token: write`, as variables. */
  readonly idToken?: Texts;
  /** Makes a cluster of so many nodes. @throws Error where there is none to be had */
  startCluster(name: string, nodes: number): Promise<MachineCluster>;
  /** Logs az in, in the environment of a job. @throws Error where there is no Azure */
  logIn(env: Texts, subscription: string): Promise<void>;
  /** Ends all logins of az in that environment. */
  logOut(env: Texts): Promise<void>;
}

/** A machine without clusters and without Azure. */
export function plainMachine(folder: string, env: Texts, idToken?: Texts): Machine {
  return {
    folder,
    env,
    ...(idToken === undefined ? {} : { idToken }),
    startCluster: () => Promise.reject(new Error('this machine has no clusters')),
    logIn: () => Promise.reject(new Error('this machine has no Azure')),
    logOut: () => Promise.resolve(),
  };
}
