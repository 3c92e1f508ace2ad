import type { AzureClient } from '../azure/arm/client.js';
import type { Journal } from '../journal/journal.js';
import type { Ports } from '../runtime/ports.js';
import type { UndoLog } from './undo-log.js';

/** The context of every operation. */
export interface Context {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly undoLog: UndoLog;
  /** The clients of Azure that the step has opened, by their login: all its work shares one token. */
  readonly azureClients: Map<string, AzureClient>;
  /** Aborts the operation on cancel and at the timeout of the step. The undo has its own signal. */
  readonly signal: AbortSignal;
  /** The time limit of the operation, in milliseconds; 0 in the post phase, which starts none. */
  readonly timeoutMs: number;
  /** Hides secrets in text from external sources: logs, events, messages. */
  readonly redact: (text: string) => string;
  /** Registers another secret to hide, such as a token that was read or generated. */
  readonly hide: (secret: string) => void;
}

/** Returns the identity of this step in locks. Attempts of one run, and jobs that share an instance, run one after another. */
export function holderOf({ ports, journal }: Context): string {
  const { repository, runId } = ports.run;
  return `${repository}/${runId}/${journal.report.instance}`;
}

/** Returns the identity of this attempt of the step in the tags of authorized ranges: each attempt has another address. */
export function rangeHolderOf(context: Context): string {
  return `${holderOf(context)}/${context.ports.run.attempt}`;
}
