import type { KubernetesObject, Pod, Service } from '../../../src/kubernetes/api/types.js';

/** The parts of Kubernetes objects that only the lab's kubelet, proxy and load balancer read. */

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface SecretVolume {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

export interface MemberPod extends Pod {
  readonly spec: Omit<Pod['spec'], 'containers' | 'volumes'> & {
    readonly hostname?: string;
    readonly subdomain?: string;
    readonly containers: readonly Container[];
    readonly volumes?: readonly SecretVolume[];
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly nodePort?: number;
  readonly targetPort?: number | string;
}

export interface ExposedService extends Service {
  readonly spec: Omit<Service['spec'], 'ports'> & {
    readonly ports?: readonly ServicePort[];
    readonly externalTrafficPolicy?: 'Local' | 'Cluster';
    readonly healthCheckNodePort?: number;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly publishNotReadyAddresses?: boolean;
  };
}

export interface Endpoint {
  readonly nodeName?: string;
  readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
}

export interface EndpointSlice extends KubernetesObject {
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
}

/** Returns `namespace/name`, the key of an object of its kind. */
export function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Returns the container that runs the server: the one with its name, otherwise the first. */
export function serverContainer(pod: MemberPod): Container | undefined {
  return pod.spec.containers.find(({ name }) => name === 'migratorydata') ?? pod.spec.containers[0];
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}
