import type { InputReader } from './reader.js';
import type { Sections } from './request.js';

/** Reports an incomplete login: client-id requires tenant-id and subscription-id. */
export function checkLogin({ problems, isDefault }: InputReader): void {
  if (isDefault('client-id')) {
    if (isDefault('tenant-id')) return;
    const remedy = 'also set client-id and subscription-id, or leave it empty if an earlier step has logged in';
    problems.add({ input: 'tenant-id', rule: 'is only used together with client-id', remedy });
    return;
  }
  for (const input of ['tenant-id', 'subscription-id'].filter(isDefault)) {
    problems.add({
      input,
      rule: 'is required together with client-id',
      remedy: 'set it, or log in with an earlier step',
    });
  }
}

/**
 * Inputs about an AKS cluster and its creation. Identifiers of a login are not included, because they are often set for
 * all jobs.
 */
const azureInputs = [
  'resource-group',
  'cluster-name',
  'location',
  'existing-cluster',
  'node-count',
  'min-nodes',
  'max-nodes',
  'node-vm-size',
  'kubernetes-version',
  'tier',
  'zones',
  'node-os-disk',
  'authorized-ip-ranges',
  'tags',
  'node-resource-group',
  'max-vcpus',
  'create-timeout',
  'extra-create-args',
  'credentials',
];
const kubeconfigInputs = ['kubeconfig', 'kubeconfig-content', 'context'];

/**
 * Reports inputs that the provider does not use, and operations that it does not support. A config file describes the
 * deployment on all clusters, so it may have such inputs.
 */
export function checkProvider(inputs: InputReader, { operation, provider }: Sections): void {
  const { problems, areValid, isDefault, sourceOf } = inputs;
  if (!areValid('provider')) return;
  const [misplaced, other] = provider === 'aks' ? [kubeconfigInputs, 'kubeconfig'] : [azureInputs, 'aks'];
  for (const input of misplaced.filter(name => !isDefault(name) && sourceOf(name) !== 'config')) {
    problems.add({
      input,
      rule: `has no effect with provider ${provider}`,
      remedy: `remove it, or set provider to ${other}`,
    });
  }
  if (provider === 'kubeconfig' && (operation === 'create' || operation === 'sweep')) {
    problems.add({
      input: 'operation',
      value: operation,
      rule: 'is not possible with provider kubeconfig',
      remedy: 'set provider to aks, or create the cluster by other means',
    });
  }
}
