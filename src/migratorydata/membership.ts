import { ordinalOf } from '../kubernetes/pods.js';
import { clusterPorts, deploymentNames } from './object-names.js';
import type { Deployment } from './spec.js';

/** The parts of the full host names of members. */
export type MemberDomain = Pick<Deployment, 'namespace' | 'name' | 'clusterDomain'>;

/** Returns the pod name of a member; ordinals start at 0. */
export function memberName(name: string, ordinal: number): string {
  return `${deploymentNames(name).statefulSet}-${ordinal}`;
}

/**
 * Returns whether a pod is a seed member. The seeds are the first entries of the member list, and only they count for
 * the quorum.
 * https://migratorydata.com/docs/get-started/concepts/clustering
 */
export function isSeed(podName: string, { name, seedMembers }: Pick<Deployment, 'name' | 'seedMembers'>): boolean {
  const ordinal = ordinalOf(podName);
  return podName === memberName(name, ordinal) && ordinal < seedMembers;
}

/** Returns how many seeds must be running for the cluster to accept messages: the majority. */
export function quorumOf(seedMembers: number): number {
  return Math.floor(seedMembers / 2) + 1;
}

/** Returns whether these members are sufficient for the cluster to accept messages. */
export function haveQuorum(podNames: readonly string[], deployment: Pick<Deployment, 'name' | 'seedMembers'>): boolean {
  return podNames.filter(name => isSeed(name, deployment)).length >= quorumOf(deployment.seedMembers);
}

/**
 * Returns the address at which the other members reach a member: the fully qualified host name that the headless
 * Service provides for a pod of the StatefulSet, which does not depend on the search domains of a pod.
 * kubernetes.io/docs/concepts/workloads/controllers/statefulset, section "Stable Network ID"
 */
export function memberAddress(podName: string, { namespace, name, clusterDomain }: MemberDomain): string {
  return `${podName}.${deploymentNames(name).headlessService}.${namespace}.svc.${clusterDomain}:${clusterPorts[0]}`;
}

/**
 * Returns the ordered member list that every member gets. It has an entry for each possible member, running or not: a
 * member that is not in the list cannot join, and the order determines the seeds.
 */
export function memberList(deployment: MemberDomain & Pick<Deployment, 'maxReplicas'>): readonly string[] {
  return Array.from({ length: deployment.maxReplicas }, (_, ordinal) =>
    memberAddress(memberName(deployment.name, ordinal), deployment),
  );
}
