import type { Finding } from './diagnose.js';

/** Distinguishes lasting findings from transient ones. */
export interface FindingConfirmation {
  /**
   * Returns the first confirmed finding: one that occurred again, if a repetition confirms it, or that has lasted for
   * `persistMs`. Otherwise returns when to check again, in milliseconds, if time alone can confirm a finding.
   */
  examine(findings: readonly Finding[], nowMs: number): { readonly confirmed?: Finding; readonly recheckMs?: number };
}

/**
 * Creates a confirmation that accepts no finding on its first occurrence. A first failed pull, a failed first start, a
 * pod that waits for another one to be deleted and a webhook that restarts are normal in many successful rollouts.
 */
export function createFindingConfirmation(): FindingConfirmation {
  const first = new Map<string, { readonly sighting: string | undefined; readonly sinceMs: number }>();
  return {
    examine(findings, nowMs) {
      const waits: number[] = [];
      for (const [key, { sighting }] of first) {
        const resolved = sighting === undefined && findings.every(finding => finding.key !== key);
        if (resolved) first.delete(key);
      }
      for (const finding of findings) {
        const { key, sighting, persistMs } = finding;
        const firstSeen = first.get(key) ?? { sighting, sinceMs: nowMs };
        first.set(key, firstSeen);
        const lastedMs = finding.lastedMs ?? nowMs - firstSeen.sinceMs;
        if (firstSeen.sighting !== sighting || lastedMs >= persistMs) return { confirmed: finding };
        // A repetition comes by itself. The duration of an event grows only with its next occurrence, not with time.
        if (finding.lastedMs === undefined && persistMs < Infinity) waits.push(persistMs - lastedMs);
      }
      return waits.length === 0 ? {} : { recheckMs: Math.min(...waits) };
    },
  };
}
