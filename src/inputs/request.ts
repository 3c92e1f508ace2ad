import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import type { Chaos } from '../chaos/spec.js';
import type { PullRequestComment } from '../github/pull-request-comment.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';

/** The validated request of the user: frozen data, one type per operation. Durations are in milliseconds. */

export const operations = [
  'preflight',
  'render',
  'create',
  'deploy',
  'verify',
  'scale',
  'autoscale',
  'chaos',
  'recover',
  'collect',
  'teardown',
  'sweep',
  'e2e',
] as const;
export type Operation = (typeof operations)[number];

export interface General {
  /** Distinguishes the jobs of one run; part of the ownership tags (R2). */
  readonly instance: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  readonly reportDirectory: string;
  readonly summary: boolean;
  readonly comment: PullRequestComment;
  /** For comments and issues; if absent, neither is written. */
  readonly githubToken?: string;
}

export interface KubeconfigTarget {
  readonly kind: 'kubeconfig';
  /** Either a path, or content that is written to a private file. */
  readonly source: { readonly path: string } | { readonly content: string };
  /** If empty, the current context of the file. */
  readonly context: string;
}

export type Target = AzureTarget | KubeconfigTarget;

export interface Verification {
  readonly timeoutMs: number;
}

export interface Scaling {
  readonly steps: readonly number[];
}

export interface Recovery {
  /** Whether a revert record is removed even if something of it cannot be reverted. */
  readonly discardRecord: boolean;
}

export interface Teardown {
  /** `on-failure` is the meaning of `auto` for create: it deletes what it created if it fails or is cancelled. */
  readonly policy: 'always' | 'on-success' | 'on-failure' | 'never';
  readonly waitForDeletion: boolean;
}

export interface Sweep {
  readonly repositories: readonly string[];
}

/** The part that all requests have; each operation adds the sections that it needs. */
export interface StepRequest<O extends Operation = Operation> {
  readonly operation: O;
  readonly general: General;
}

/** The value of an input that the config file may have, and where it came from. */
export interface EffectiveValue {
  readonly section: string;
  readonly input: string;
  readonly text: string;
  /** `default`, `with:`, `options`, or the place in the config file. */
  readonly from: string;
}

/** All sections of the inputs, regardless of the operation. */
export interface Sections {
  readonly operation: Operation;
  readonly provider: Target['kind'];
  /** Either `azure` or `kubeconfig`, depending on the provider. */
  readonly target: Target;
  readonly general: General;
  readonly azure: AzureTarget;
  readonly kubeconfig: KubeconfigTarget;
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly scaling: Scaling;
  readonly autoscaling: Autoscaling;
  readonly chaos: Chaos;
  readonly recovery: Recovery;
  readonly teardown: Teardown;
  readonly sweep: Sweep;
  /** The values of the config file, its defaults included, and where each came from. */
  readonly effective: readonly EffectiveValue[];
}
