export interface DeploymentSecrets {
  readonly licenseKey?: string;
  readonly clusterPassword?: string;
  readonly entitlementToken?: string;
  /** `server username password`, for image pulls. */
  readonly registryCredentials?: { readonly server: string; readonly username: string; readonly password: string };
}

export interface Exposure {
  readonly serviceType: 'public' | 'internal' | 'node-port' | 'cluster-ip';
  /** The port of the client Service, with TLS or without. */
  readonly clientPort: number;
  readonly servicePorts: readonly FurtherPort[];
  /** The Secret with the keystore of the servers and its password; empty without TLS. */
  readonly tlsSecret: string;
  /** A file with the authorities that signed the certificate; empty for those that the runner trusts. */
  readonly tlsCa: string;
  /** CIDRs that may connect; the word `runner` means the address of this runner; empty for everyone. */
  readonly sourceRanges: readonly string[];
  readonly dnsLabel: string;
  /** Where clients come in, if it is not the Service; else empty. */
  readonly publicUrl: string;
  readonly idleTimeoutMinutes: number;
  /** Undefined omits the field (cluster-ip). */
  readonly trafficPolicy?: 'Local' | 'Cluster';
}

/** A server parameter whose value is a key of a Secret in the namespace. */
export interface SecretParameter {
  readonly parameter: string;
  readonly secret: string;
  readonly key: string;
}

/** A further port of the client Service. */
export interface FurtherPort {
  readonly name: string;
  readonly port: number;
  readonly target: number;
}

/** The config file that a deployment was made with. */
export interface ConfigNote {
  readonly path: string;
  /** The SHA-256 of the file, in hexadecimal digits. */
  readonly digest: string;
}

/** The settings from which the manifests are rendered. */
export interface Deployment {
  readonly namespace: string;
  /** From which the names of its objects and its selectors are derived. */
  readonly name: string;
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
  /** Server parameters whose values are in Secrets that others create. */
  readonly secretOpts: readonly SecretParameter[];
  readonly javaExtraOpts: string;
  /** The pause between members of a rolling update; undefined for a REST round trip if enabled, else 60 s. */
  readonly memberPauseMs?: number;
  readonly allowFullRestart: boolean;
  /** How Kubernetes finds out that a member hangs: by a connection, or by its welcome page. */
  readonly liveness: 'tcp' | 'http';
  /** The Pod Security Standard that the members fulfil; empty for what the image allows in any case. */
  readonly podSecurity: '' | 'restricted';
  readonly podSpread: 'preferred' | 'required';
  readonly disruptionBudget: 'min-available' | 'max-unavailable';
  readonly rest: boolean;
  /** A file or folder of kustomize patches; empty for none. */
  readonly patches: string;
  /** A file or folder of further objects that belong to the deployment; empty for none. */
  readonly resources: string;
  /** The config file of the step, or `none` if it works without one on purpose; absent if there is none. */
  readonly config?: ConfigNote | 'none';
  /** The inputs that the step was given, if it works on a live deployment: what the cluster knows must be so. */
  readonly given?: readonly string[];
  readonly exposure: Exposure;
  readonly secrets: DeploymentSecrets;
}

export interface Autoscaling {
  readonly cpuPercent: number;
}

/** Returns whether an image reference can later refer to another image. */
export function isMovingImage(reference: string): boolean {
  return reference.endsWith(':latest');
}

const memoryPattern = /^(\d{1,15}(?:\.\d{1,3})?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const unitBytes = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Returns whether a text is a Kubernetes memory quantity with a suffix that is reasonable for a container. */
export function isMemoryQuantity(text: string): boolean {
  return memoryPattern.test(text);
}

/** Returns the bytes of a Kubernetes quantity or of the megabytes of the server; undefined for other texts. */
export function readMemoryBytes(text: string): number | undefined {
  if (text.endsWith('MB')) return Number.parseInt(text, 10) * 2 ** 20;
  const [, amount, unit = ''] = memoryPattern.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * unitBytes[unit as keyof typeof unitBytes];
}
