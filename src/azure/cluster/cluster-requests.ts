import { identifier } from '../../runtime/identifiers.js';
import { apiVersions } from '../arm/api-versions.js';
import { armRead, type ArmRequest, armWrite } from '../arm/request.js';
import type { ClusterRef } from '../ref.js';
import { atCluster } from './cluster-commands.js';
import { groupPath } from './group-requests.js';

const apiVersion = apiVersions.managedClusters;
const clusters = '/providers/Microsoft.ContainerService/managedClusters';

/** Returns the path of a cluster below its subscription. */
export function clusterPath(ref: ClusterRef): string {
  return `${groupPath(ref)}${clusters}/${identifier('cluster name', ref.clusterName)}`;
}

export function readCluster(ref: ClusterRef): ArmRequest {
  return armRead(`read the state of cluster ${ref.clusterName}`, ref.subscriptionId, clusterPath(ref), apiVersion);
}

export function listClusters(subscriptionId: string): ArmRequest {
  return armRead('list the clusters of the subscription', subscriptionId, clusters, apiVersion);
}

/** With an etag, Azure accepts the deletion only if the cluster is unchanged. */
export function deleteCluster(ref: ClusterRef, etag: string): ArmRequest {
  const ifMatch = etag === '' ? undefined : identifier('etag', etag);
  return armWrite('DELETE', {
    why: `delete cluster ${ref.clusterName} in resource group ${ref.resourceGroup}`,
    subscriptionId: ref.subscriptionId,
    path: clusterPath(ref),
    apiVersion,
    ...(ifMatch === undefined ? {} : { ifMatch }),
    effect: 'idempotent',
    equivalent: [
      ...['aks', 'delete', ...atCluster(ref)],
      ...(ifMatch === undefined ? [] : ['--if-match', ifMatch]),
      ...['--yes', '--no-wait'],
    ],
  });
}

/** Reads the kubeconfig of the users or of the local administrator; `file` is where it is going to be written. */
export function listCredentials(ref: ClusterRef, role: 'user' | 'admin', file: string): ArmRequest {
  const admin = role === 'admin' ? ['--admin'] : [];
  const request = armWrite('POST', {
    why: `get ${role} credentials of cluster ${ref.clusterName}`,
    subscriptionId: ref.subscriptionId,
    path: `${clusterPath(ref)}/listCluster${role === 'admin' ? 'Admin' : 'User'}Credential`,
    apiVersion,
    effect: 'read',
    equivalent: ['aks', 'get-credentials', ...atCluster(ref), '--file', file, '--overwrite-existing', ...admin],
  });
  return { ...request, isSecret: true };
}
