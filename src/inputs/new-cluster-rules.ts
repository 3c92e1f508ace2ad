import { checkTtl } from './cluster-section.js';
import type { InputReader } from './reader.js';
import type { Sections } from './request.js';

/** Reports inputs with which AKS cannot create the cluster, or the deployment does not fit on it. */
export function checkNewCluster(
  inputs: InputReader,
  { azure, cluster, deployment, general, operation }: Sections,
): void {
  const { problems, areValid } = inputs;
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
