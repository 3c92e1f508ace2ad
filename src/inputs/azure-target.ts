import { runnerWord } from '../azure/cluster/runner-address.js';
import type { AzureTarget } from '../azure/spec.js';
import type { RunFacts } from '../runtime/ports.js';
import { apiServerRange } from './cidr.js';
import { clusterName, defaultResourceGroup, guid, resourceGroup } from './name-parsers.js';
import { choice } from './parsers.js';
import type { InputReader } from './reader.js';

/** Reads the names of the AKS cluster and the login. */
export function readAzureTarget(inputs: InputReader, run: RunFacts, instance: string): AzureTarget {
  const subscriptionId = inputs.optional('subscription-id', guid);
  const tenantId = inputs.optional('tenant-id', guid);
  const clientId = inputs.optional('client-id', guid);
  return {
    kind: 'aks',
    subscriptionId: subscriptionId ?? '',
    ...(clientId !== undefined && tenantId !== undefined && { login: { clientId, tenantId } }),
    resourceGroup: inputs.optional('resource-group', resourceGroup) ?? defaultResourceGroup(run.runId, instance),
    clusterName: inputs.value('cluster-name', clusterName),
    resourceGroupGiven: !inputs.isDefault('resource-group'),
    credentials: inputs.value('credentials', choice(['auto', 'user', 'admin', 'kubelogin'])),
    admitRunner: inputs.list('authorized-ip-ranges', apiServerRange).includes(runnerWord),
  };
}
