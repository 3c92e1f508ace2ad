import type { TimelineSeries } from '../journal/experiment-record.js';

/** Returns the outages of a series to draw: each from the first failure to the next success, or to the end. */
export function outagesIn(
  { attempts }: TimelineSeries,
  endMs: number,
): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  let open: { fromMs: number; toMs: number } | undefined;
  for (const [atMs, , ok] of attempts) {
    if (ok === 0 && open === undefined) {
      open = { fromMs: atMs, toMs: endMs };
      spans.push(open);
    } else if (ok === 1 && open !== undefined) {
      open.toMs = atMs;
      open = undefined;
    }
  }
  return spans;
}
