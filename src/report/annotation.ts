import type { ErrorRecord } from '../journal/model.js';
import { clipEnd, clipStart, toPlainText } from '../runtime/text.js';

/**
 * The runner truncates the text of an annotation after 4,096 characters (`_maxIssueMessageLength` in
 * ExecutionContext.cs of actions/runner). This limit leaves space for characters that masking adds.
 */
export const annotationLimit = 4_000;

const messageLimit = 2_000;
const hintLimit = 600;

/**
 * Returns the text of the error annotation: message and hint as in the job summary, and as much of the end of the
 * evidence as fits.
 */
export function annotationOf({ message, hint, evidence }: Pick<ErrorRecord, 'message' | 'hint' | 'evidence'>): string {
  const head = `${clipEnd(toPlainText(message).trim(), messageLimit)}\n${clipEnd(toPlainText(hint).trim(), hintLimit)}`;
  const plain = toPlainText(evidence).trimEnd();
  if (plain.trim() === '') return head;
  return `${head}\n\n${clipStart(plain, annotationLimit - head.length - 2)}`;
}
