import type { ErrorRecord } from '../journal/model.js';
import { clipEnd, clipStart, toPlainText } from '../runtime/text.js';

/**
 * The runner cuts the text of an annotation after 4,096 characters (`_maxIssueMessageLength` in ExecutionContext.cs of
 * actions/runner). This leaves room for what masking may add.
 */
export const annotationLimit = 4_000;

const messageLimit = 2_000;
const hintLimit = 600;

/**
 * The text of the error annotation: what happened, what to do, and as much of the end of the evidence as fits. Message
 * and hint are those of the job summary.
 */
export function annotationOf({ message, hint, evidence }: Pick<ErrorRecord, 'message' | 'hint' | 'evidence'>): string {
  const head = `${clipEnd(toPlainText(message).trim(), messageLimit)}\n${clipEnd(toPlainText(hint).trim(), hintLimit)}`;
  const plain = toPlainText(evidence).trimEnd();
  if (plain.trim() === '') return head;
  return `${head}\n\n${clipStart(plain, annotationLimit - head.length - 2)}`;
}
