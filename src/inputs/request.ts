import type { AzureTarget, ClusterSpec } from '../azure/spec.js';
import type { Chaos } from '../chaos/spec.js';
import type { PullRequestComment } from '../github/pull-request-comment.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';

/**
 * What the user asked for, after every check: frozen data, one shape per operation. Durations are milliseconds.
 */

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
  /** Tells apart the legs and jobs of one run; part of the ownership tags (R2). */
  readonly instance: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  readonly reportDirectory: string;
  readonly summary: boolean;
  readonly comment: PullRequestComment;
  /** For comments and issues; absent: neither is written. */
  readonly githubToken?: string;
}

export interface KubeconfigTarget {
  readonly kind: 'kubeconfig';
  /** A path, or content that is written to a private file; exactly one of them. */
  readonly source: { readonly path: string } | { readonly content: string };
  /** Empty: the file's current context. */
  readonly context: string;
}

export type Target = AzureTarget | KubeconfigTarget;

export interface Verification {
  readonly timeoutMs: number;
  /** Empty: the address of the client Service. */
  readonly url: string;
}

export interface Scaling {
  readonly steps: readonly number[];
}

export interface Teardown {
  /** `on-failure` is what `auto` means for create: what it made goes if it failed or was cancelled. */
  readonly policy: 'always' | 'on-success' | 'on-failure' | 'never';
  readonly waitForDeletion: boolean;
}

export interface Sweep {
  readonly repositories: readonly string[];
}

/** What every request has; each operation adds the sections that it needs. */
export interface StepRequest<O extends Operation = Operation> {
  readonly operation: O;
  readonly general: General;
}

/** Everything that the inputs say, whatever of it the operation needs. */
export interface Sections {
  readonly operation: Operation;
  readonly provider: Target['kind'];
  /** The one of `azure` and `kubeconfig` that the provider chooses. */
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
  readonly teardown: Teardown;
  readonly sweep: Sweep;
}
