import type { FoundAutoscaler } from '../../kubernetes/scaling.js';
import { experimentNames, experiments } from '../experiments/index.js';
import type { AzureCluster } from '../machines-port.js';
import type { OriginalState } from './original-state.js';
import { either, exactly, fields, type Form, listOf, matching, named, wholeNumber } from './record-forms.js';

/**
 * The write-ahead mark of an experiment: a ConfigMap in the namespace of the deployment, written before the first change
 * and removed after the last has been undone. The nodes that are disturbed carry copies, which outlast the namespace.
 *
 * Whoever may write a ConfigMap can write one of these, so what is read is a hint about what to look at: each step of
 * undoing is confirmed by the cluster and Azure as they are.
 */
export interface RevertRecord {
  readonly version: 1;
  /** Of the deployment: several in one cluster know by it which copies are theirs. */
  readonly namespace: string;
  /** Who wrote it: repository, run and instance. */
  readonly holder: string;
  readonly experiment: string;
  readonly writtenAt: string;
  /** When the experiment should have ended by itself. */
  readonly deadline: string;
  readonly undo: OriginalState;
  /** The members' autoscaler with the bounds it had; it is frozen in every experiment. */
  readonly autoscaler: FoundAutoscaler | undefined;
  /** Nodes that were annotated so that the cluster autoscaler keeps them; others had the annotation already. */
  readonly held: readonly string[];
  /** The cluster in Azure; undefined where the provider is not aks. */
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

/** The strict form of everything in a mark: what an experiment never writes makes the whole of it invalid. */
const form: Form = fields(
  {
    version: exactly(1),
    namespace: named('object name'),
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
        replicas: count,
        pool: fields({ name: named('node pool'), nodes: count, bounds }),
      },
      ['replicas', 'pool'],
    ),
    autoscaler: fields({ name: named('object name'), minReplicas: count, maxReplicas: count }),
    held: listOf(node),
    cluster: fields({
      subscriptionId: (value, field) => (value === '' ? [] : named('subscription id')(value, field)),
      resourceGroup: named('resource group'),
      clusterName: named('cluster name'),
    }),
  },
  ['autoscaler', 'cluster'],
);

/** A mark that was found, or what is wrong with it, a sentence for each field. */
export type RecordReading = { readonly mark: RevertRecord } | { readonly problems: readonly string[] };

/** Reads the mark that stands in a place of one namespace. */
export function parseRevertRecord(text: string, namespace: string): RecordReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { problems: ['it is not JSON'] };
  }
  const problems = form(parsed, '');
  if (problems.length > 0) return { problems };
  const foreign = kindsOfOthers(parsed as RevertRecord);
  if (foreign.length > 0) return { problems: foreign };
  const record = parsed as RevertRecord;
  if (record.namespace === namespace) return { mark: record };
  return { problems: [`namespace is "${record.namespace}", and it was found in "${namespace}"`] };
}

/** Whether a text claims to be the mark of a deployment in a namespace, whatever else is in it. */
export function isRecordOf(text: string, namespace: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'namespace' in parsed && parsed.namespace === namespace;
  } catch {
    return false;
  }
}

/** Seeds that share the node of a non-graceful fault are spread before, under a record of the same experiment. */
const spreadKinds: readonly (keyof OriginalState)[] = ['cordons', 'replicas'];

/** The kinds of state in a record that its experiment never changes, each as a problem. */
function kindsOfOthers({ experiment, undo }: RevertRecord): readonly string[] {
  const definition = Object.values(experiments).find(({ name }) => name === experiment);
  const own = [...(definition?.reverts ?? []), ...(definition?.nonGraceful ? spreadKinds : [])];
  return Object.entries(undo)
    .filter(([kind, value]: [string, unknown]) => {
      const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
      return !isEmpty && !own.some(name => name === kind);
    })
    .map(([kind]) => `undo.${kind} is nothing that experiment ${experiment} changes`);
}
