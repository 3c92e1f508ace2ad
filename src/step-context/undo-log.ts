import type { LockKey } from '../chaos/revert/lease.js';
import type { State } from '../runtime/ports.js';

/**
 * How to connect to a cluster again without the inputs of the step: a private kubeconfig that the post step removes
 * last.
 */
export interface Connection {
  readonly kubeconfig: string;
  readonly context: string;
  /** The login of the action that kubectl uses through kubelogin; absent if it uses none that the action can renew. */
  readonly login?: AzureAccess['login'];
}

/** How to connect to Azure again without the inputs of the step; only identifiers, no secrets. */
export interface AzureAccess {
  readonly subscriptionId: string;
  readonly login?: { readonly clientId: string; readonly tenantId: string };
}

/** A change to undo. Each undo is idempotent, because the post step may repeat what a handler has started. */
export type UndoEntry =
  /** The namespace may contain a revert record, and the cluster must be reverted accordingly. */
  | {
      readonly kind: 'experiment';
      readonly connection: Connection;
      readonly namespace: string;
      /** The holder that wrote the record: records of others are not reverted, because their runs may be active. */
      readonly holder: string;
      /** Absent if no machine can have been changed. */
      readonly azure?: AzureAccess & { readonly resourceGroup: string; readonly clusterName: string };
    }
  | { readonly kind: 'lock'; readonly connection: Connection; readonly lock: LockKey; readonly holder: string }
  | {
      readonly kind: 'namespace';
      readonly connection: Connection;
      readonly namespace: string;
      /** The deployment in it: if there are others, only this one is deleted. */
      readonly name: string;
    }
  | {
      readonly kind: 'authorized-range';
      readonly azure: AzureAccess;
      readonly resourceGroup: string;
      readonly clusterName: string;
      readonly range: string;
      /** The key of the tag that records the range on the cluster. */
      readonly key: string;
    }
  | {
      readonly kind: 'cluster';
      readonly azure: AzureAccess;
      readonly resourceGroup: string;
      readonly clusterName: string;
      readonly creationId: string;
    }
  | { readonly kind: 'file'; readonly path: string };

/**
 * A cluster first, because its contents are deleted with it; a range after all entries that need the API server; files
 * last.
 */
const order: readonly UndoEntry['kind'][] = ['cluster', 'experiment', 'lock', 'namespace', 'authorized-range', 'file'];
const stateKey = 'undo';

/**
 * What must be undone if the step ends. An entry is recorded before the change that it undoes, and saved immediately
 * for the post step, so that the post step knows it regardless of what ends the process.
 */
export class UndoLog {
  readonly #state: State;
  #entries: UndoEntry[];

  constructor(state: State) {
    this.#state = state;
    const saved = state.read(stateKey);
    this.#entries = saved === '' ? [] : (JSON.parse(saved) as UndoEntry[]);
  }

  /** Records the undo of the change that follows. Returns a function that removes the entry. */
  record(entry: UndoEntry): () => void {
    this.#entries.push(entry);
    this.#save();
    return () => {
      this.settle(entry);
    };
  }

  /** Removes an entry that was undone, or whose change must be kept. */
  settle(entry: UndoEntry): void {
    this.settleAll(other => other === entry);
  }

  /** Removes all entries that are settled, such as those of a deleted cluster. */
  settleAll(isSettled: (entry: UndoEntry) => boolean): void {
    this.#entries = this.#entries.filter(entry => !isSettled(entry));
    this.#save();
  }

  /** Returns the open entries in the order in which they must be undone; the latest of one kind first. */
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
 * Returns whether the change of an entry is in a cluster, so that it is deleted with the cluster. A step that creates a
 * cluster works on no other one, so an entry without a cluster name belongs to the created cluster.
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

/** Describes what is left to undo in an open entry, for the report. */
export function describeUndoEntry(undo: UndoEntry): string {
  switch (undo.kind) {
    case 'experiment':
      return `an experiment in namespace ${undo.namespace} must be reverted`;
    case 'lock':
      return `${undo.lock.description} must be released`;
    case 'namespace':
      return `namespace ${undo.namespace} must be deleted`;
    case 'authorized-range':
      return `${undo.range} must be removed from the authorized IP ranges of cluster ${undo.clusterName}`;
    case 'cluster':
      return `cluster ${undo.clusterName} in resource group ${undo.resourceGroup} must be deleted`;
    case 'file':
      return `file ${undo.path} must be removed`;
  }
}
