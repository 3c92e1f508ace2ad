import type { TimelineRecord } from '../journal/experiment-record.js';

/** Returns the outages to draw: each from the first failure to the next success, or to the end. */
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
