/** An input as a workflow offers it. */
export interface FormInput {
  readonly name: string;
  readonly description: string;
  readonly default: string;
  /** The words of a choice list in a form. */
  readonly options?: readonly string[];
}

/** Words that a form offers as a list; a test holds them against what the action takes. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  'existing-cluster': ['fail', 'reuse'],
  tier: ['free', 'standard', 'premium'],
  'service-type': ['public', 'internal', 'node-port', 'cluster-ip'],
  'when-blocked': ['surge', 'expect-blocked', 'bypass', 'fail'],
  teardown: ['auto', 'always', 'on-success', 'never'],
  'pod-spread': ['preferred', 'required'],
  'disruption-budget': ['min-available', 'max-unavailable'],
};

/** Identifiers that an environment or a repository may hold as variables, so that a form need not ask for them. */
export const identifiers: Readonly<Record<string, string>> = {
  'client-id': 'AZURE_CLIENT_ID',
  'tenant-id': 'AZURE_TENANT_ID',
  'subscription-id': 'AZURE_SUBSCRIPTION_ID',
};

/** Inputs of the workflows that the action does not have, or what is otherwise about those that it has. */
export const ownInputs: Readonly<Record<string, Partial<Omit<FormInput, 'name'>>>> = {
  instance: {
    description:
      'Tells apart several calls in one run. Give each call, and each leg of a matrix that calls, its own; the calls that work on one cluster need the same.',
    default: 'main',
  },
  timeout: {
    description:
      'How long each step may work forward, as a duration. It must hold the limits of all phases of the step together; the steps of one job may take 5h together. Undoing and teardown keep 5 minutes of their own.',
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
      'GitHub environment of the jobs that delete and put back. It must have no reviewers: what waits for approval costs money. Empty uses none.',
    default: '',
  },
  'dry-run': { description: 'Whether only to say what would be deleted, `true` or `false`.', default: 'true' },
  autoscale: { description: 'Whether to apply the autoscaler at the end, `true` or `false`.', default: 'false' },
  'tolerate-failure': {
    description:
      'Whether the run stays green when the check fails, `true` or `false`; its caller then decides by the output outcome.',
    default: 'false',
  },
  'node-image': {
    description: 'Image of the kind nodes, with its digest. Empty takes the default of kind.',
    default: '',
  },
  locations: { description: 'List of Azure regions, each tested with each version.', default: 'eastus' },
  'kubernetes-versions': {
    description: 'List of Kubernetes versions, each tested in each region. Empty takes the default of AKS.',
    default: '',
  },
  'max-parallel': { description: 'How many clusters may exist at the same time.', default: '2' },
};

/** Inputs that a workflow decides itself, or that make no sense on a runner that is new for each job. */
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

/**
 * Names for groups of inputs, by what they are needed for; `live` is what matters about a deployment that is there
 * already. Secrets are named one by one.
 */
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
  const live = [
    ...['rest', 'replicas', 'min-replicas', 'max-replicas', 'seed-members', 'cluster-domain', 'member-pause'],
    ...['service-type', 'client-port', 'dns-label'],
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
    live,
  };
}

const secrets = ['license-key', 'cluster-password', 'entitlement-token', 'registry-credentials', 'kubeconfig-content'];
