import { join } from 'node:path';
import { type MessageHistory, writeHistory } from '../chaos/measurement/message-history.js';
import type { General } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import { reasonOf } from '../runtime/thrown.js';
import type { Context } from '../step-context/context.js';

/**
 * Writes the history of the messages of an experiment next to the reports, compressed, so that its verdict can be
 * computed again. A file that cannot be written is only noted: it must not hide the outcome of the step.
 */
export async function saveHistory(
  { ports }: Context,
  { reportDirectory }: Pick<General, 'reportDirectory'>,
  name: string,
  history: MessageHistory,
  note: Note,
): Promise<void> {
  // Loaded by the first history, because most steps have none.
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const path = join(reportDirectory, `messages-${name}.jsonl.gz`);
  try {
    await ports.files.writeBytes(path, gzipSync(writeHistory(history)));
  } catch (error) {
    note(`The history of the messages could not be written to ${path}: ${reasonOf(error)}`);
  }
}
