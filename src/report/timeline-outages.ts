import type { TimelineRecord } from '../journal/experiment-record.js';

/** The spans in which every attempt failed, for drawing: from the first of them to the next that succeeded. */
export function outagesIn({
  attempts,
  ms,
}: Pick<TimelineRecord, 'attempts' | 'ms'>): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  let open: { fromMs: number; toMs: number } | undefined;
  for (const [atMs, , ok] of attempts) {
    if (ok === 0 && open === undefined) {
      open = { fromMs: atMs, toMs: ms };
      spans.push(open);
    } else if (ok === 1 && open !== undefined) {
      open.toMs = atMs;
      open = undefined;
    }
  }
  return spans;
}
