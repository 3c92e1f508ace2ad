import type { Journal } from '../journal/journal.js';
import type { Ports } from '../runtime/ports.js';
import type { UndoLog } from './undo-log.js';

/** What every operation works with. */
export interface Context {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly undoLog: UndoLog;
  /** Aborts forward work: on cancel and at the step's timeout. Undoing has a signal of its own. */
  readonly signal: AbortSignal;
  /** Hides secrets in text that comes from outside: logs, events, messages. */
  readonly redact: (text: string) => string;
  /** Hides one more secret from here on, such as a token that was read or generated. */
  readonly hide: (secret: string) => void;
}
