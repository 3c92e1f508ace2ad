import type { State } from '../runtime/ports.js';

/** How to reach a cluster again without the inputs of the step: a private kubeconfig that post removes last. */
export interface Connection {
  readonly kubeconfig: string;
  readonly context: string;
}

/** How to reach Azure again without the inputs of the step; identifiers only, no secret. */
export interface AzureAccess {
  readonly subscriptionId: string;
  readonly login?: { readonly clientId: string; readonly tenantId: string };
}

/** One thing to take back. Each is idempotent, since a handler may have begun what post completes. */
export type UndoEntry =
  /** A revert record may be in the namespace: the cluster is to be reverted by it. */
  | {
      readonly kind: 'experiment';
      readonly connection: Connection;
      readonly namespace: string;
      /** Who wrote the record: that of anybody else is not ours to undo, its run may live. */
      readonly holder: string;
      /** Absent where no machine can have been changed. */
      readonly azure?: AzureAccess & { readonly resourceGroup: string; readonly clusterName: string };
    }
  | { readonly kind: 'lock'; readonly connection: Connection; readonly namespace: string; readonly holder: string }
  | { readonly kind: 'namespace'; readonly connection: Connection; readonly namespace: string }
  | {
      readonly kind: 'authorized-range';
      readonly azure: AzureAccess;
      readonly resourceGroup: string;
      readonly clusterName: string;
      readonly range: string;
    }
  | {
      readonly kind: 'cluster';
      readonly azure: AzureAccess;
      readonly resourceGroup: string;
      readonly clusterName: string;
      readonly creationId: string;
    }
  | { readonly kind: 'file'; readonly path: string };

/** A cluster first, as what lies in it goes with it; a range after all that reach the API server by it; files last. */
const order: readonly UndoEntry['kind'][] = ['cluster', 'experiment', 'lock', 'namespace', 'authorized-range', 'file'];
const stateKey = 'undo';

/**
 * What must be undone if the step ends here. An entry is recorded before the mutation it undoes, and each change is
 * saved at once for the post phase: whatever ends the process, post knows.
 */
export class UndoLog {
  readonly #state: State;
  #entries: UndoEntry[];

  constructor(state: State) {
    this.#state = state;
    const saved = state.read(stateKey);
    this.#entries = saved === '' ? [] : (JSON.parse(saved) as UndoEntry[]);
  }

  /** Records what undoes the mutation that is about to happen; gives the function that takes the record back. */
  record(entry: UndoEntry): () => void {
    this.#entries.push(entry);
    this.#save();
    return () => {
      this.settle(entry);
    };
  }

  /** Strikes an entry: it was undone, or what it guards is meant to stay. */
  settle(entry: UndoEntry): void {
    this.settleAll(other => other === entry);
  }

  /** Strikes every entry that is settled, such as all that a deleted cluster had in it. */
  settleAll(isSettled: (entry: UndoEntry) => boolean): void {
    this.#entries = this.#entries.filter(entry => !isSettled(entry));
    this.#save();
  }

  /** What is open, in the order in which it must be undone; the latest of one kind first. */
  open(): readonly UndoEntry[] {
    return this.#entries
      .map((entry, age) => ({ entry, age }))
      .sort((a, b) => order.indexOf(a.entry.kind) - order.indexOf(b.entry.kind) || b.age - a.age)
      .map(({ entry }) => entry);
  }

  #save(): void {
    this.#state.save(stateKey, JSON.stringify(this.#entries));
  }
}

/**
 * Whether what an entry undoes lies in a cluster, so that it goes with the deletion of that. A step that makes a cluster
 * works on no other one, so an entry that names none means the one that was made.
 */
export function liesIn(entry: UndoEntry, cluster: Extract<UndoEntry, { kind: 'cluster' }>): boolean {
  switch (entry.kind) {
    case 'experiment':
      return entry.azure === undefined || isSameCluster(entry.azure, cluster);
    case 'authorized-range':
      return isSameCluster(entry, cluster);
    case 'lock':
    case 'namespace':
      return true;
    case 'cluster':
    case 'file':
      return false;
  }
}

interface ClusterNames {
  readonly resourceGroup: string;
  readonly clusterName: string;
}

function isSameCluster(one: ClusterNames, other: ClusterNames): boolean {
  return one.resourceGroup === other.resourceGroup && one.clusterName === other.clusterName;
}

/** An open entry in words, for the report: what is left to be undone. */
export function describeUndoEntry(undo: UndoEntry): string {
  switch (undo.kind) {
    case 'experiment':
      return `an experiment in namespace ${undo.namespace} is to be put back by its mark`;
    case 'lock':
      return `the lock on namespace ${undo.namespace} is to be given back`;
    case 'namespace':
      return `namespace ${undo.namespace} is to be deleted`;
    case 'authorized-range':
      return `${undo.range} is to be taken out of the authorized IP ranges of cluster ${undo.clusterName}`;
    case 'cluster':
      return `cluster ${undo.clusterName} in resource group ${undo.resourceGroup} is to be deleted`;
    case 'file':
      return `file ${undo.path} is to be removed`;
  }
}
