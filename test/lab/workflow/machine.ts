import type { Texts } from './tokens.js';

/** A cluster that a job creates for itself. */
export interface MachineCluster {
  /** The path of its kubeconfig. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** What runners of jobs use: folders, an environment, and the outside services of a job. */
export interface Machine {
  /** The parent folder of the folders of the runs. */
  readonly folder: string;
  /** The environment of the runner itself, including PATH, which its jobs inherit. */
  readonly env: Texts;
  /** The token service of a job with `id-token: write`, as variables. */
  readonly idToken?: Texts;
  /** Creates a cluster of so many nodes. @throws Error when the machine has no clusters */
  startCluster(name: string, nodes: number): Promise<MachineCluster>;
  /** Logs az in, in the environment of a job. @throws Error when the machine has no Azure */
  logIn(env: Texts, subscription: string): Promise<void>;
  /** Ends all logins of az in that environment. */
  logOut(env: Texts): Promise<void>;
}

/** Returns a machine without clusters and without Azure. */
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
