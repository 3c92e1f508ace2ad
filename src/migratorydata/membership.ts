import { ordinalOf } from '../kubernetes/pods.js';
import { clusterPorts, names } from './object-names.js';
import type { Deployment } from './spec.js';

/** Where members find each other: what their full host names are made of. */
export type MemberDomain = Pick<Deployment, 'namespace' | 'clusterDomain'>;

/** The name of the pod that runs a member; ordinals begin at 0. */
export function memberName(ordinal: number): string {
  return `${names.statefulSet}-${ordinal}`;
}

/**
 * Whether a pod is a seed member: the first ones of the member list are, and only they count for the quorum.
 * https://migratorydata.com/docs/get-started/concepts/clustering
 */
export function isSeed(podName: string, { seedMembers }: Pick<Deployment, 'seedMembers'>): boolean {
  const ordinal = ordinalOf(podName);
  return podName === memberName(ordinal) && ordinal < seedMembers;
}

/** How many seeds must be up for the cluster to accept messages: the majority. */
export function quorumOf(seedMembers: number): number {
  return Math.floor(seedMembers / 2) + 1;
}

/** Whether the members of these names are enough for the cluster to accept messages. */
export function haveQuorum(podNames: readonly string[], deployment: Pick<Deployment, 'seedMembers'>): boolean {
  return podNames.filter(name => isSeed(name, deployment)).length >= quorumOf(deployment.seedMembers);
}

/**
 * Where the other members reach one: the host name that the headless Service gives to a pod of the StatefulSet, in
 * full, so that it means the same whatever the search domains of a pod are.
 * kubernetes.io/docs/concepts/workloads/controllers/statefulset, section "Stable Network ID"
 */
export function memberAddress(podName: string, { namespace, clusterDomain }: MemberDomain): string {
  return `${podName}.${names.headlessService}.${namespace}.svc.${clusterDomain}:${clusterPorts[0]}`;
}

/**
 * The ordered list that every member is given. It has an entry for each member that there may ever be, whether it runs
 * or not: a member that is not in the list cannot join, and the order decides who is a seed.
 */
export function memberList(deployment: MemberDomain & Pick<Deployment, 'maxReplicas'>): readonly string[] {
  return Array.from({ length: deployment.maxReplicas }, (_, ordinal) => memberAddress(memberName(ordinal), deployment));
}
