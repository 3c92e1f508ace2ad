import { checkTtl } from './cluster-section.js';
import { defaultNodeResourceGroup, nodeResourceGroupLength } from './name-parsers.js';
import type { InputReader } from './reader.js';
import type { Sections } from './request.js';

/** Reports inputs with which AKS cannot create the cluster, or the deployment does not fit on it. */
export function checkNewCluster(
  inputs: InputReader,
  { azure, cluster, deployment, general, operation }: Sections,
): void {
  const { problems, areValid, isDefault } = inputs;
  const names = ['resource-group', 'cluster-name', 'location', 'instance'];
  const group = defaultNodeResourceGroup(azure.resourceGroup, azure.clusterName, cluster.location);
  if (isDefault('node-resource-group') && areValid(...names) && group.length > nodeResourceGroupLength) {
    problems.add({
      input: 'node-resource-group',
      rule: `${group} is ${group.length} characters long and must have at most ${nodeResourceGroupLength}`,
      remedy: 'set a shorter node-resource-group, or shorten resource-group, instance or cluster-name',
    });
  }
  if (
    cluster.nodeResourceGroup !== '' &&
    cluster.nodeResourceGroup.toLowerCase() === azure.resourceGroup.toLowerCase()
  ) {
    const remedy = 'choose another name: AKS creates this group itself';
    problems.add({ input: 'node-resource-group', rule: 'must not be resource-group', remedy });
  }
  const spreads = deployment.podSpread === 'required' && areValid('max-nodes', 'max-replicas');
  if (spreads && cluster.maxNodes <= deployment.maxReplicas) {
    problems.add({
      input: 'max-nodes',
      value: String(cluster.maxNodes),
      rule: `must be above max-replicas (${deployment.maxReplicas}) with pod-spread required`,
      remedy: 'raise max-nodes, or set pod-spread to preferred',
    });
  }
  if (operation !== 'preflight') checkTtl(inputs, cluster, general.timeoutMs);
}
