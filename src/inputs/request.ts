import type { ExperimentName } from './experiments.js';

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

/** When one comment about the cluster is left on the pull request. */
export interface PullRequestComment {
  readonly when: 'never' | 'on-failure' | 'always';
  /** The cluster in words that are the same in each run: the comment of an earlier run is found by them. */
  readonly cluster: string;
}

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

/** How to log in to Azure from inside the action; absent means that an earlier step has logged in. */
export interface AzureLogin {
  readonly clientId: string;
  readonly tenantId: string;
}

export interface AzureTarget {
  readonly kind: 'aks';
  readonly subscriptionId: string;
  readonly login?: AzureLogin;
  readonly resourceGroup: string;
  readonly clusterName: string;
  /** Whether the user gave the group's name; a default name belongs to this run and instance only (promise 2). */
  readonly resourceGroupGiven: boolean;
  readonly credentials: 'auto' | 'user' | 'admin' | 'kubelogin';
  /** Whether each operation lets this runner reach the API server, and takes that back at its end. */
  readonly admitRunner: boolean;
}

export interface KubeconfigTarget {
  readonly kind: 'kubeconfig';
  /** A path, or content that is written to a private file; exactly one of them. */
  readonly source: { readonly path: string } | { readonly content: string };
  /** Empty: the file's current context. */
  readonly context: string;
}

export type Target = AzureTarget | KubeconfigTarget;

export interface ClusterSpec {
  readonly location: string;
  readonly existingCluster: 'fail' | 'reuse';
  readonly nodeCount: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Tried in order when one cannot be had (R12). */
  readonly nodeVmSizes: readonly string[];
  readonly kubernetesVersion: string;
  readonly tier: 'free' | 'standard' | 'premium';
  readonly zones: readonly string[];
  readonly nodeOsDisk: '' | 'Managed' | 'Ephemeral';
  /** CIDRs; the word `runner` stands for this runner's own address. */
  readonly authorizedIpRanges: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly nodeResourceGroup: string;
  /** Upper limit of vCPUs that the pool may reach, or undefined for none. */
  readonly maxVcpus?: number;
  readonly createTimeoutMs: number;
  readonly extraCreateArgs: readonly string[];
  /** Time to live of what is created; undefined: it does not expire and is never swept. */
  readonly ttlMs?: number;
}

export interface DeploymentSecrets {
  readonly licenseKey?: string;
  readonly clusterPassword?: string;
  readonly entitlementToken?: string;
  /** `server username password`, for pulling the image. */
  readonly registryCredentials?: { readonly server: string; readonly username: string; readonly password: string };
}

export interface Exposure {
  readonly serviceType: 'public' | 'internal' | 'node-port' | 'cluster-ip';
  readonly clientPort: number;
  /** CIDRs that may connect; the word `runner` stands for this runner's own address; empty: everyone. */
  readonly sourceRanges: readonly string[];
  readonly dnsLabel: string;
  readonly idleTimeoutMinutes: number;
  /** Undefined: the field is left out (cluster-ip). */
  readonly trafficPolicy?: 'Local' | 'Cluster';
}

/** Everything that the manifests are made of. */
export interface Deployment {
  readonly namespace: string;
  readonly clusterDomain: string;
  readonly image: string;
  readonly replicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly seedMembers: number;
  readonly memory: string;
  readonly memoryRequest: string;
  readonly cpuRequest: string;
  readonly extraOpts: string;
  readonly javaExtraOpts: string;
  /** Pause between members of a rolling update; undefined: REST round trip where enabled, else 60 s. */
  readonly memberPauseMs?: number;
  readonly allowFullRestart: boolean;
  readonly podSpread: 'preferred' | 'required';
  readonly disruptionBudget: 'min-available' | 'max-unavailable';
  readonly rest: boolean;
  /** File or folder of kustomize patches; empty: none. */
  readonly patches: string;
  readonly exposure: Exposure;
  readonly secrets: DeploymentSecrets;
}

export interface Verification {
  readonly timeoutMs: number;
  /** Empty: the address of the client Service. */
  readonly url: string;
}

export interface Scaling {
  readonly steps: readonly number[];
}

export interface Autoscaling {
  readonly cpuPercent: number;
}

export const whenBlockedModes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;
export type WhenBlocked = (typeof whenBlockedModes)[number];

export interface Chaos {
  readonly experiments: readonly ExperimentName[];
  readonly whenBlocked: WhenBlocked;
  /** Empty: chosen deterministically. */
  readonly targetNode: string;
  /** How long the probe must be clean before the fault and after it. */
  readonly steadyMs: number;
  /** How long the fault lasts; undefined: as long as each experiment is worth (see `holdOf`). */
  readonly holdMs: number | undefined;
  readonly probeIntervalMs: number;
  readonly limits: Limits;
  /** Whether machines may be changed in ways that Microsoft does not support on AKS. */
  readonly allowUnsupportedNodeOps: boolean;
}

/** What clients may see at the most, or at the least, for an experiment to pass. */
export interface Limits {
  readonly maxOutageMs: number;
  readonly maxDegradedMs: number;
  readonly maxRecoveryMs: number;
  /** Percent of the attempts. */
  readonly minAvailability: number;
  /** Messages that were accepted and never read. */
  readonly maxLost: number;
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
