import type { KubernetesObject, Service, ServicePort, StatefulSet } from '../../kubernetes/api/types.js';

/**
 * The types of the rendered objects: they have more fields than this project reads from the API. `PodSpec` is a type
 * and not an interface, because only types are assignable to the open record of the API type.
 */

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

export interface ProbeManifest {
  readonly tcpSocket?: { readonly port: number };
  readonly httpGet?: { readonly path: string; readonly port: number; readonly scheme: 'HTTP' | 'HTTPS' };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly failureThreshold?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent';
  readonly env: readonly EnvVar[];
  readonly command: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: {
    readonly requests: Readonly<Record<'cpu' | 'memory', string>>;
    readonly limits: Readonly<Record<'memory', string>>;
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly: true }[];
  readonly startupProbe: ProbeManifest;
  readonly readinessProbe: ProbeManifest;
  readonly livenessProbe: ProbeManifest;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly securityContext: {
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
    readonly seccompProfile: { readonly type: string };
  };
}

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** How the members are distributed across the nodes. */
export type Placement = {
  readonly affinity?: Readonly<Record<'podAntiAffinity', unknown>>;
  readonly topologySpreadConstraints?: readonly {
    readonly maxSkew: number;
    readonly topologyKey: string;
    readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
    readonly nodeTaintsPolicy?: 'Honor';
    readonly labelSelector: LabelSelector;
  }[];
};

/** The pod of the StatefulSet. */
export type PodSpec = Placement & {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext?: { readonly runAsNonRoot: boolean };
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly Volume[];
  readonly containers: readonly Container[];
};

export interface Volume {
  readonly name: string;
  readonly secret: {
    readonly secretName: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}

export interface StatefulSetManifest extends StatefulSet {
  readonly spec: StatefulSet['spec'] & {
    readonly replicas: number;
    readonly template: { readonly spec: PodSpec };
  };
}

export interface ServicePortManifest extends ServicePort {
  readonly name: string;
  readonly protocol: 'TCP';
  readonly targetPort: number;
}

export interface ServiceManifest extends Service {
  readonly spec: Omit<Service['spec'], 'ports'> & {
    readonly ports: readonly ServicePortManifest[];
    readonly selector: Readonly<Record<string, string>>;
    readonly externalTrafficPolicy?: 'Local' | 'Cluster';
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly publishNotReadyAddresses?: boolean;
  };
}

/** An object and the file to which it is written. */
export interface ManifestFile {
  readonly fileName: string;
  /** Comment lines before the object. */
  readonly comment: readonly string[];
  readonly object: KubernetesObject;
}
