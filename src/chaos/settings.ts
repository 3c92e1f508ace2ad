import type { LimitsRecord } from '../journal/experiment-record.js';

export const whenBlockedModes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;

export type WhenBlocked = (typeof whenBlockedModes)[number];

/** Which pods a drain evicts from its node: `all` includes those that are not members. */
export const drainScopes = ['members', 'all'] as const;

/**
 * How many connections of clients fit beside those of the probe on servers without a license of their own: the key of the
 * image is for 100 connections.
 */
export const unlicensedClients = 80;

/** The settings of experiments. Durations are in milliseconds. */
export interface ChaosSettings {
  readonly whenBlocked: WhenBlocked;
  /** With `all`, a node with pods of others may also fail without a drain. */
  readonly drainScope: (typeof drainScopes)[number];
  /** If empty, the target is chosen deterministically. */
  readonly targetNode: string;
  /** How long all attempts must succeed before the fault, and again after it. */
  readonly steadyMs: number;
  /** How long the fault is held; if undefined, for the default of each experiment. */
  readonly holdMs: number | undefined;
  readonly probeIntervalMs: number;
  /** The number of connections that stay open. */
  readonly clients: number;
  /** The image of the probe inside the cluster, by its digest; if empty, there is no such probe. */
  readonly probeImage: string;
  readonly limits: LimitsRecord;
  /** Whether machines may be changed in ways that Microsoft does not support on AKS. */
  readonly allowUnsupportedNodeOps: boolean;
}
