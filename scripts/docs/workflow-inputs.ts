/** The inputs that every workflow has; `common` in a block. */
export const commonWorkflowInputs: readonly string[] = [
  'config',
  'options',
  'instance',
  'subscription-id',
  'tenant-id',
  'client-id',
  'timeout',
  'pull-request-comment',
  'environment',
  'teardown-environment',
  'runs-on',
];

/** What a form shows for each input of a workflow. Nearly all are inputs of the action, which docs/inputs.md describes. */
export const labels: Readonly<Record<string, string>> = {
  'allow-unsupported-node-ops': 'Allow unsupported faults on nodes',
  autoscale: 'Apply the autoscaler at the end',
  'client-id': 'Application or identity; empty is AZURE_CLIENT_ID',
  'cluster-name': 'Name of the cluster',
  config: 'Config file; empty is .github/migratorydata.yml',
  'cpu-percent': 'CPU use that the autoscaler targets, in percent',
  'discard-record': 'Give up what cannot be reverted',
  'dry-run': 'Only show what would be done',
  environment: 'GitHub environment of the jobs that change the cluster',
  'existing-cluster': 'What to do if the cluster exists',
  experiments: 'Experiments, in order',
  hold: 'How long a fault lasts',
  image: 'Image of the server',
  instance: 'Distinguishes the calls of one run; empty is main',
  'kubernetes-version': 'Kubernetes version',
  'kubernetes-versions': 'Kubernetes versions to test in each region',
  location: 'Azure region',
  locations: 'Azure regions to test with each version',
  'max-degraded': 'Limit of the degraded time',
  'max-lost': 'Limit of lost messages',
  'max-nodes': 'Upper bound of the nodes',
  'max-outage': 'Limit of the outage',
  'max-parallel': 'How many clusters may exist at a time',
  'max-recovery': 'Limit of the recovery',
  'max-replicas': 'Greatest number of members',
  'max-vcpus': 'Cost limit: vCPUs of all nodes together',
  'min-availability': 'Least availability, in percent',
  namespace: 'Namespace of the deployment',
  'node-count': 'Initial number of nodes',
  'node-image': 'Image of the kind nodes, with its digest',
  'node-vm-size': 'VM sizes of the nodes, tried in order',
  options: 'More inputs, such as {memory: 512MB, steady: 10s}',
  provider: 'Where the cluster is',
  'pull-request-comment': 'When to comment',
  replicas: 'Members of a new deployment',
  'resource-group': 'Resource group of the cluster',
  rest: 'REST interface of the server',
  'runs-on': 'Labels of the runner as JSON',
  'scale-to': 'Member counts to step through',
  'service-type': 'Client path',
  'source-ranges': 'CIDR ranges that may connect',
  steady: 'Duration of the steady state',
  'subscription-id': 'Azure subscription; empty is AZURE_SUBSCRIPTION_ID',
  'sweep-repositories': 'Repositories whose clusters expire',
  'target-node': 'Node to fail',
  teardown: 'When to delete',
  'teardown-environment': 'GitHub environment of the jobs that delete; without reviewers',
  'tenant-id': 'Microsoft Entra tenant; empty is AZURE_TENANT_ID',
  tier: 'Pricing tier',
  timeout: 'How long the work of each step may take',
  'tolerate-failure': 'Keep the run green when the check fails',
  ttl: 'When sweep may delete the cluster',
  'verify-timeout': 'How long members may take to come up',
  'wait-for-deletion': 'Wait until everything is deleted',
  'when-blocked': 'Blocked drains',
  zones: 'Availability zones of the nodes',
};

/**
 * The words that forms and the schema of the config file offer as a list, besides yes and no; a test compares them with
 * what the action accepts.
 */
export const choices: Readonly<Record<string, readonly string[]>> = {
  'existing-cluster': ['fail', 'reuse'],
  provider: ['aks', 'kubeconfig'],
  'pull-request-comment': ['never', 'on-failure', 'always'],
  tier: ['free', 'standard', 'premium'],
  'service-type': ['public', 'internal', 'node-port', 'cluster-ip'],
  'when-blocked': ['surge', 'expect-blocked', 'bypass', 'fail'],
  teardown: ['auto', 'always', 'on-success', 'never'],
  liveness: ['tcp', 'http'],
  'pod-spread': ['preferred', 'required'],
  'disruption-budget': ['min-available', 'max-unavailable'],
};

/** Inputs of the action that are yes or no. */
export const switches: readonly string[] = [
  'allow-unsupported-node-ops',
  'discard-record',
  'dry-run',
  'rest',
  'wait-for-deletion',
];

/**
 * Defaults of inputs that only workflows have. All others are empty, which is not given: so the config file, and below it
 * the default of the action, can decide.
 */
export const ownDefaults: Readonly<Record<string, boolean | number | string>> = {
  autoscale: false,
  'tolerate-failure': false,
  'max-parallel': 2,
  'runs-on': '"ubuntu-latest"',
};
