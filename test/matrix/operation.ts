import type { AzureClient } from '../../src/azure/arm/client.js';
import type { Bench } from './bench.js';

/** What an operation leaves for its judge. */
export interface Trace {
  /** The creation id that was recorded last; empty if none was. */
  recorded: string;
}

/** An operation of the action, as a group of rows of the matrix. */
export interface MatrixOperation {
  readonly name: string;
  /** What it does, as one sentence for the document. */
  readonly meaning: string;
  /** Whether it ends when Azure has accepted its last request, so that an operation of Azure may still fail. */
  readonly endsEarly?: true;
  /** Whether it is undone even while an operation of Azure does not end. */
  readonly isUndoneAlways?: true;
  prepare(bench: Bench): Promise<void>;
  /** Runs it. Returns what its result does not cover; empty if it is complete. */
  run(azure: AzureClient, bench: Bench, trace: Trace): Promise<string>;
  /** Returns why a success would not be true; empty if it is. */
  contradictions(bench: Bench, trace: Trace, note: string): readonly string[];
  /** Returns what an error must not leave. */
  afterError(bench: Bench, trace: Trace): readonly string[];
  /** Undoes it after an error as the action does; it may be the operation itself, which is then repeated. */
  undo(azure: AzureClient, bench: Bench, trace: Trace): Promise<void>;
  /** Returns what the undoing has left. */
  leftovers(bench: Bench, trace: Trace): readonly string[];
}

/** Returns the operations; their functions take their types from here. */
export function defineOperations(operations: readonly MatrixOperation[]): readonly MatrixOperation[] {
  return operations;
}
