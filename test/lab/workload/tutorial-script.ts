import type { Container, MemberPod } from './objects.js';

/**
 * Returns the member list that the start script of the vendor's AKS tutorial computes in the pod from `hostname`, so
 * that the unchanged manifests of the tutorial work in the lab. Undefined when the container runs another command.
 * https://migratorydata.com/docs/server/deployment/azure/aks/
 */
export function membersOfTutorialScript(
  pod: MemberPod,
  container: Container,
  clusterDomain: string,
): ReadonlyMap<string, string> | undefined {
  const script = [...(container.command ?? []), ...(container.args ?? [])].join('\n');
  const port = /^\s*CLUSTER_PORT=(\d+)/m.exec(script)?.[1];
  const maxReplicas = /^\s*MAX_REPLICAS=(\d+)/m.exec(script)?.[1];
  const host = pod.spec.hostname ?? pod.metadata.name;
  const name = /^(.*)-\d+$/.exec(host)?.[1];
  if (port === undefined || maxReplicas === undefined || name === undefined) return undefined;
  const domain = `${pod.spec.subdomain ?? ''}.${pod.metadata.namespace ?? ''}.svc.${clusterDomain}`;
  const entry = (member: string): string => `${member}.${domain}:${port}`;
  const members = Array.from({ length: Number(maxReplicas) }, (_, ordinal) => entry(`${name}-${ordinal}`));
  return new Map([
    ['ClusterMemberListen', entry(host)],
    ['ClusterMembers', members.join(',')],
  ]);
}
