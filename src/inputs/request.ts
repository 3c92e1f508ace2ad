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

interface Base<O extends Operation> {
  readonly operation: O;
  readonly general: General;
}
interface OnTarget {
  readonly target: Target;
}

export interface PreflightRequest extends Base<'preflight'>, OnTarget {
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
}
export interface RenderRequest extends Base<'render'> {
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
}
export interface CreateRequest extends Base<'create'> {
  readonly target: AzureTarget;
  readonly cluster: ClusterSpec;
  readonly teardown: Teardown;
}
export interface DeployRequest extends Base<'deploy'>, OnTarget {
  readonly deployment: Deployment;
  readonly verification: Verification;
}
export interface VerifyRequest extends Base<'verify'>, OnTarget {
  readonly deployment: Deployment;
  readonly verification: Verification;
}
export interface ScaleRequest extends Base<'scale'>, OnTarget {
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly scaling: Scaling;
}
export interface AutoscaleRequest extends Base<'autoscale'>, OnTarget {
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
  readonly verification: Verification;
}
export interface ChaosRequest extends Base<'chaos'>, OnTarget {
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly chaos: Chaos;
}
export interface RecoverRequest extends Base<'recover'>, OnTarget {
  readonly deployment: Deployment;
}
export interface CollectRequest extends Base<'collect'>, OnTarget {
  readonly deployment: Deployment;
}
export interface TeardownRequest extends Base<'teardown'>, OnTarget {
  readonly deployment: Deployment;
  readonly teardown: Teardown;
}
export interface SweepRequest extends Base<'sweep'> {
  readonly target: AzureTarget;
  readonly sweep: Sweep;
}
/** The whole life in one step: the sections of every operation it runs. */
export interface E2eRequest extends Base<'e2e'>, OnTarget {
  readonly cluster: ClusterSpec;
  readonly deployment: Deployment;
  readonly verification: Verification;
  readonly scaling: Scaling;
  readonly autoscaling: Autoscaling;
  readonly chaos: Chaos;
  readonly teardown: Teardown;
}

export type Request =
  | PreflightRequest
  | RenderRequest
  | CreateRequest
  | DeployRequest
  | VerifyRequest
  | ScaleRequest
  | AutoscaleRequest
  | ChaosRequest
  | RecoverRequest
  | CollectRequest
  | TeardownRequest
  | SweepRequest
  | E2eRequest;

/** Everything that the inputs say, whatever of it the operation needs. */
export interface Sections {
  readonly operation: Operation;
  readonly provider: Target['kind'];
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
