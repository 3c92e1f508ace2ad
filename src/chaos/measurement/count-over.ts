/**
 * Returns a count that changes by steps, as [time, count]: at t0, and then one of each second that differs from the one
 * before, such as the lowest with `Math.min`.
 */
export function countOver(
  steps: readonly { readonly atMs: number; readonly by: number }[],
  pick: (a: number, b: number) => number,
): readonly (readonly [atMs: number, count: number])[] {
  let count = 0;
  const seconds = new Map<number, number>([[0, 0]]);
  for (const { atMs, by } of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    const second = Math.max(0, Math.floor(atMs / 1_000) * 1_000);
    const before = seconds.get(second) ?? count;
    count += by;
    seconds.set(second, atMs < 0 ? count : pick(before, count));
    seconds.set(second + 1_000, count);
  }
  return [...seconds].filter(([, value], index, all) => index === 0 || value !== all[index - 1]?.[1]);
}
