/**
 * All inputs with their defaults, in the groups and in the order of action.yml and of docs/inputs.md. The defaults are
 * here and nowhere else: the runner would fill in a `default:` of action.yml, and a value that somebody gave could not be
 * told from it. Only the runner knows the job of a matrix, so `instance` has its default in action.yml.
 */
export const inputGroups = {
  General: {
    operation: 'e2e',
    config: '.github/migratorydata.yml',
    'config-digest': '',
    options: '',
    provider: 'aks',
    instance: '',
    'dry-run': 'auto',
    timeout: '90m',
    'report-directory': '',
    summary: 'true',
    'github-token': '',
    'pull-request-comment': 'never',
  },
  Azure: {
    'subscription-id': '',
    'tenant-id': '',
    'client-id': '',
    'resource-group': '',
    'cluster-name': 'aks-migratorydata',
    location: 'eastus',
    'existing-cluster': 'fail',
    'node-count': '3',
    'min-nodes': '3',
    'max-nodes': '5',
    'node-vm-size': 'Standard_D2s_v5,Standard_D2as_v5,Standard_D2s_v4',
    'kubernetes-version': '',
    tier: 'free',
    zones: '',
    'node-os-disk': '',
    'authorized-ip-ranges': '',
    tags: '',
    'node-resource-group': '',
    'max-vcpus': '',
    'create-timeout': '25m',
    'extra-create-args': '',
    credentials: 'auto',
  },
  Kubernetes: {
    kubeconfig: '',
    'kubeconfig-content': '',
    context: '',
    namespace: 'migratory',
    name: 'migratorydata',
    'cluster-domain': 'cluster.local',
  },
  MigratoryData: {
    image: 'migratorydata/server:6.0.24',
    replicas: '3',
    'min-replicas': '3',
    'max-replicas': '5',
    'seed-members': '3',
    memory: '128MB',
    'memory-request': '256Mi',
    'cpu-request': '500m',
    'server-options': '',
    'secret-opts': '',
    'java-extra-opts': '',
    'member-pause': '',
    'allow-full-restart': 'false',
    liveness: 'tcp',
    'pod-security': '',
    'pod-spread': 'preferred',
    'disruption-budget': 'min-available',
    'license-key': '',
    'cluster-password': '',
    'entitlement-token': '',
    'registry-credentials': '',
    'require-secrets': '',
    rest: 'false',
    patches: '',
    resources: '',
  },
  Exposure: {
    'service-type': 'public',
    'client-port': '80',
    'tls-secret': '',
    'tls-port': '443',
    'tls-ca': '',
    'service-ports': '',
    'source-ranges': '',
    'dns-label': '',
    'idle-timeout': '30m',
    'traffic-policy': '',
  },
  Verify: {
    'verify-timeout': '5m',
    'public-url': '',
  },
  Scale: {
    'scale-to': '5,4',
  },
  Autoscale: {
    'cpu-percent': '50',
  },
  Chaos: {
    experiments: 'drain',
    'when-blocked': 'surge',
    'drain-scope': 'members',
    'target-node': '',
    steady: '30s',
    hold: '',
    'probe-interval': '200ms',
    'max-outage': '30s',
    'max-degraded': '60s',
    'max-recovery': '15m',
    'min-availability': '95',
    'max-lost': '0',
    clients: '24',
    repeat: '1',
    'baseline-report': '',
    'probe-image': '',
    'allow-unsupported-node-ops': 'false',
  },
  Recover: {
    'discard-record': 'false',
  },
  Teardown: {
    teardown: 'auto',
    'wait-for-deletion': 'false',
    ttl: 'auto',
    'sweep-repositories': '',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The defaults of all inputs; empty for an input that may be empty. */
export const inputDefaults: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(inputGroups).flatMap(group => Object.entries(group)),
);

/** The names of all inputs. */
export const inputNames: readonly string[] = Object.keys(inputDefaults);

/** What separates the elements of an input that is a list. A list in YAML becomes such a text. */
export const listSeparators: Readonly<Record<string, string>> = {
  'node-vm-size': ',',
  zones: ',',
  'authorized-ip-ranges': ',',
  tags: ',',
  'extra-create-args': '\n',
  'secret-opts': '\n',
  'require-secrets': ',',
  'source-ranges': ',',
  'service-ports': ',',
  'scale-to': ',',
  experiments: ',',
  'sweep-repositories': ',',
};

/** What separates the `name=value` texts of an input that is a map. */
export const mapSeparators: Readonly<Record<string, string>> = {
  tags: ',',
  'server-options': '\n',
  'secret-opts': '\n',
  'service-ports': ',',
};
