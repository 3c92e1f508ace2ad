/** The seed of a randomized run: `CHAOS_SEED`, so that a run can be repeated, otherwise a new one. */
export const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31);

/** Returns a mulberry32 generator: small, and deterministic for a seed. */
export function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
