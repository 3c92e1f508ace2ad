import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Inputs } from '../lab/scenarios/support/steps.js';
import { foreignGroup, type KillWorld, shortLived } from './kill-world.js';

/** What is killed: how long it takes without a kill, about, and how many changes it logs. Kills fall within these. */
export const victims = {
  create: { spanMs: 5_000, changes: 2 },
  drain: { spanMs: 5_000, changes: 22 },
  'power-off': { spanMs: 9_000, changes: 16 },
  recover: { spanMs: 2_500, changes: 5 },
  teardown: { spanMs: 2_000, changes: 2 },
} as const;
export type Victim = keyof typeof victims;

/** The steps that are killed one after the other, and the last one, which is not. */
export interface Round {
  readonly kills: readonly { readonly victim: Victim; readonly inputs: Inputs }[];
  readonly last: Inputs;
  /** Runs before the first kill. */
  readonly prepare?: () => Promise<unknown>;
  /** Runs before the last step. */
  readonly beforeLast?: () => void;
  /** Runs after the last step. */
  readonly restore?: () => Promise<void>;
}

const experiment: Inputs = { operation: 'chaos', steady: '0s', ...generousLimits };
const drain = { victim: 'drain', inputs: { ...experiment, experiments: 'drain', hold: '0s' } } as const;
const powerOff = {
  victim: 'power-off',
  inputs: {
    ...{ ...experiment, experiments: 'power-off', hold: '1s', timeout: '3h', 'max-recovery': '3m' },
    'allow-unsupported-node-ops': 'true',
  },
} as const;
const recover = { victim: 'recover', inputs: { operation: 'recover' } } as const;

type Plan = (world: KillWorld, round: number) => Round;

const afterExperiment = (...kills: Round['kills']): Plan => {
  return () => ({ kills, last: recover.inputs });
};

/** Every other cluster is in the group of others. */
function clusterOf(round: number) {
  const group = round % 2 === 0 ? foreignGroup : `rg-kill-${round}`;
  return { 'resource-group': group, 'cluster-name': `${shortLived}${round}` } as const;
}
const creation = (round: number) => {
  const inputs: Inputs = { operation: 'create', ...clusterOf(round), 'node-count': '1', 'min-nodes': '1', ttl: '4h' };
  return { victim: 'create', inputs } as const;
};
const deletion = (round: number) => {
  return { victim: 'teardown', inputs: { operation: 'teardown', ...clusterOf(round) } } as const;
};

/** Each name is a kind of round; a random one is next. */
export const plans: Readonly<Record<string, Plan>> = {
  'create, teardown': (_, round) => ({ kills: [creation(round)], last: deletion(round).inputs }),
  'create, killed teardown, teardown': (_, round) => ({
    kills: [creation(round), deletion(round)],
    last: deletion(round).inputs,
  }),
  'whole create, killed teardown, teardown': ({ runners: [runner] }, round) => ({
    prepare: () => runner.pass(creation(round).inputs),
    kills: [deletion(round)],
    last: deletion(round).inputs,
  }),
  'create, sweep': (world, round) => ({
    kills: [creation(round)],
    beforeLast: () => {
      world.expire(clusterOf(round)['resource-group']);
    },
    last: { operation: 'sweep', 'dry-run': 'false' },
  }),
  'drain, recover': afterExperiment(drain),
  'drain, killed recover, recover': afterExperiment(drain, recover),
  'power-off, recover': afterExperiment(powerOff),
  'power-off, killed recover, recover': afterExperiment(powerOff, recover),
  'drain, killed teardown of the deployment, teardown': ({ cluster, deploy }) => {
    const inputs = {
      ...{ operation: 'teardown', 'wait-for-deletion': 'true', 'resource-group': '', 'cluster-name': '' },
      ...{ provider: 'kubeconfig', kubeconfig: cluster.kubeconfig },
    };
    return { kills: [drain, { victim: 'teardown', inputs }], last: inputs, restore: deploy };
  },
};
