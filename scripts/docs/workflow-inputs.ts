/** An input as a workflow offers it. */
export interface FormInput {
  readonly name: string;
  readonly description: string;
  readonly default: string;
  /** The words of a choice list in a form. */
  readonly options?: readonly string[];
}

/** The words that a form offers as a list; a test compares them with what the action accepts. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  'existing-cluster': ['fail', 'reuse'],
  tier: ['free', 'standard', 'premium'],
  'service-type': ['public', 'internal', 'node-port', 'cluster-ip'],
  'when-blocked': ['surge', 'expect-blocked', 'bypass', 'fail'],
  teardown: ['auto', 'always', 'on-success', 'never'],
  liveness: ['tcp', 'http'],
  'pod-spread': ['preferred', 'required'],
  'disruption-budget': ['min-available', 'max-unavailable'],
};

/** Identifiers that an environment or a repository may define as variables, so that a form need not ask for them. */
export const identifiers: Readonly<Record<string, string>> = {
  'client-id': 'AZURE_CLIENT_ID',
  'tenant-id': 'AZURE_TENANT_ID',
  'subscription-id': 'AZURE_SUBSCRIPTION_ID',
};

/** Inputs that only the workflows have, and differences of inputs that the action has as well. */
export const ownInputs: Readonly<Record<string, Partial<Omit<FormInput, 'name'>>>> = {
  instance: {
    description:
      'Distinguishes several calls in one run. Each call, and each leg of a matrix that calls, needs its own value; calls that work on the same cluster need the same value.',
    default: 'main',
  },
  timeout: {
    description:
      'Time limit for the forward work of each step, as a duration. It must cover the limits of all phases of the step together; the steps of one job may take 5h together. Undoing and teardown have 5 minutes of their own.',
  },
  'runs-on': {
    description: 'Labels of the runner as JSON, such as "ubuntu-latest" with its quotes, or ["self-hosted","linux"].',
    default: '"ubuntu-latest"',
  },
  environment: {
    description: 'GitHub environment of the jobs that change the cluster. Empty uses none.',
    default: '',
  },
  'teardown-environment': {
    description:
      'GitHub environment of the jobs that delete and recover. It must have no reviewers: a cluster that waits for approval costs money. Empty uses none.',
    default: '',
  },
  'dry-run': { description: 'Whether to only report what would be deleted, `true` or `false`.', default: 'true' },
  autoscale: { description: 'Whether to apply the autoscaler at the end, `true` or `false`.', default: 'false' },
  'tolerate-failure': {
    description:
      'Whether the run stays green when the check fails, `true` or `false`; the caller then decides by the output outcome.',
    default: 'false',
  },
  'node-image': {
    description: 'Image of the kind nodes, with its digest. Empty takes the default of kind.',
    default: '',
  },
  locations: { description: 'List of Azure regions. Each region is tested with each version.', default: 'eastus' },
  'kubernetes-versions': {
    description: 'List of Kubernetes versions. Each version is tested in each region. Empty takes the default of AKS.',
    default: '',
  },
  'max-parallel': { description: 'How many clusters may exist at the same time.', default: '2' },
};

/** Inputs that a workflow sets itself, or that make no sense on a runner that is new for each job. */
const decided = [
  'operation',
  'provider',
  'kubeconfig',
  'context',
  'report-directory',
  'dry-run',
  'summary',
  'instance',
];

/** Returns sections of inputs by purpose. The blocks name secrets one by one. */
export function sectionsOf(
  groups: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, readonly string[]>> {
  const group = (title: string): readonly string[] => {
    const names = groups.get(title);
    if (names === undefined) throw new Error(`action.yml has no group ${title}`);
    return names.filter(name => !decided.includes(name) && !secrets.includes(name));
  };
  const access = [
    ...['subscription-id', 'tenant-id', 'client-id', 'resource-group', 'cluster-name', 'credentials'],
    ...['authorized-ip-ranges', 'namespace'],
  ];
  const of = (titles: readonly string[]): readonly string[] =>
    titles.flatMap(group).filter(name => !access.includes(name));
  return {
    access,
    general: ['timeout', 'options', 'pull-request-comment'],
    cluster: [...of(['Azure']), 'ttl'],
    deployment: of(['Kubernetes', 'MigratoryData', 'Exposure']),
    verification: of(['Verify']),
    chaos: of(['Chaos']),
  };
}

const secrets = ['license-key', 'cluster-password', 'entitlement-token', 'registry-credentials', 'kubeconfig-content'];
