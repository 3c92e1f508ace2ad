import type { FoundAutoscaler } from '../../kubernetes/scaling.js';
import { experimentNames, findExperiment } from '../experiments/index.js';
import type { AzureCluster } from '../machines-port.js';
import type { OriginalState } from './original-state.js';
import { either, exactly, fields, type Form, listOf, matching, named, wholeNumber } from './record-forms.js';

/**
 * The revert record of an experiment: a ConfigMap in the namespace of the deployment, written before the first change
 * and removed after everything is reverted. The affected nodes have copies, which remain when the namespace is deleted.
 *
 * Anyone with write access to ConfigMaps can write a record, so its contents are only a hint: the cluster and Azure
 * confirm each step of the revert.
 */
export interface RevertRecord {
  readonly version: 1;
  /** The namespace of the deployment: it distinguishes the copies of several deployments in one cluster. */
  readonly namespace: string;
  /** The name of the deployment: of several in the namespace, only this one is reverted. */
  readonly deployment: string;
  /** The run that wrote it: repository, run and instance. */
  readonly holder: string;
  readonly experiment: string;
  readonly writtenAt: string;
  /** The time by which the experiment should have ended. */
  readonly deadline: string;
  readonly undo: OriginalState;
  /** The autoscaler of the members with its former bounds; each experiment freezes it. */
  readonly autoscaler: FoundAutoscaler | undefined;
  /** The name of the probe pod; undefined if the experiment has none. */
  readonly probePod: string | undefined;
  /**
   * Nodes that the experiment annotated so that the cluster autoscaler keeps them, without those that had the
   * annotation.
   */
  readonly held: readonly string[];
  /** How many seed members each node ran, the largest number first. */
  readonly seedsPerNode: readonly number[];
  /** The cluster in Azure; undefined when the provider is not aks. */
  readonly cluster: AzureCluster | undefined;
}

const uid = matching(/^[\w-]{1,64}$/, 'a UID');
const time = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time in UTC');
const count = wholeNumber(0, 1_000);
const node = named('node name');
const machineEntry = fields({
  node,
  uid,
  machine: fields({
    subscriptionId: named('subscription id'),
    resourceGroup: named('resource group'),
    scaleSet: named('scale set'),
    instanceId: named('instance id'),
  }),
});
const bounds = fields({ minCount: count, maxCount: count });

/** The strict form of a record: anything that an experiment never writes makes the whole record invalid. */
const form: Form = fields(
  {
    version: exactly(1),
    namespace: named('object name'),
    deployment: named('deployment name'),
    holder: matching(/^[\w.-]{0,100}(?:\/[\w.-]{0,100}){3}$/, 'repository, run and instance'),
    experiment: either(experimentNames),
    writtenAt: time,
    deadline: time,
    undo: fields(
      {
        cordons: listOf(node),
        machines: listOf(machineEntry),
        kubelets: listOf(machineEntry),
        deletions: listOf(fields({ node, uid })),
        replicas: fields({ from: count, set: count }),
        pool: fields({ name: named('node pool'), nodes: count, bounds }),
      },
      ['replicas', 'pool'],
    ),
    autoscaler: fields({ name: named('object name'), minReplicas: count, maxReplicas: count }),
    probePod: named('object name'),
    held: listOf(node),
    seedsPerNode: listOf(count),
    cluster: fields({
      subscriptionId: (value, field) => (value === '' ? [] : named('subscription id')(value, field)),
      resourceGroup: named('resource group'),
      clusterName: named('cluster name'),
    }),
  },
  ['autoscaler', 'probePod', 'cluster'],
);

/** A revert record, or its problems with a sentence for each field. */
export type RecordReading = { readonly record: RevertRecord } | { readonly problems: readonly string[] };

/** Parses and validates the text of a revert record that was found for `namespace`. */
export function parseRevertRecord(text: string, namespace: string): RecordReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { problems: ['the record is not JSON'] };
  }
  const problems = form(parsed, '');
  if (problems.length > 0) return { problems };
  const foreign = kindsOfOthers(parsed as RevertRecord);
  if (foreign.length > 0) return { problems: foreign };
  const record = parsed as RevertRecord;
  if (record.namespace === namespace) return { record };
  return { problems: [`namespace is "${record.namespace}", but the record was found in "${namespace}"`] };
}

/** Returns whether a text claims to be a record for a namespace (of a holder, if given), even if it is not valid. */
export function isRecordOf(text: string, namespace: string, holder?: string): boolean {
  try {
    const parsed = JSON.parse(text) as Partial<Record<'namespace' | 'holder', unknown>> | null;
    return parsed?.namespace === namespace && (holder === undefined || parsed.holder === holder);
  } catch {
    return false;
  }
}

/**
 * Any revert may spread seed members again, and any fault of a node spreads them before: a node is cordoned for that and
 * a member added.
 */
const spreadKinds: readonly (keyof OriginalState)[] = ['cordons', 'replicas'];

/** The kinds of state in a record that its experiment never changes, each as a problem. */
function kindsOfOthers({ experiment, undo }: RevertRecord): readonly string[] {
  const definition = findExperiment(experiment);
  const own = [...spreadKinds, ...(definition?.reverts ?? [])];
  return Object.entries(undo)
    .filter(([kind, value]: [string, unknown]) => {
      const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
      return !isEmpty && !own.some(name => name === kind);
    })
    .map(([kind]) => `undo.${kind} is nothing that experiment ${experiment} changes`);
}
