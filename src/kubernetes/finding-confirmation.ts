import type { Finding } from './diagnose.js';

/** Tells the findings that last from those that pass. */
export interface FindingConfirmation {
  /**
   * The first finding that is confirmed: it happened once more than before, where that proves it, or it has lasted for as
   * long as it asks for. Otherwise when to look again in milliseconds, if time alone can confirm one.
   */
  examine(findings: readonly Finding[], nowMs: number): { readonly confirmed?: Finding; readonly recheckMs?: number };
}

/**
 * Believes no finding at first sight. The first failed pull, an unlucky first start, a pod that waits for another to leave
 * or a webhook that restarts are part of many rollouts that end well.
 */
export function createFindingConfirmation(): FindingConfirmation {
  const first = new Map<string, { readonly sighting: string | undefined; readonly sinceMs: number }>();
  return {
    examine(findings, nowMs) {
      const waits: number[] = [];
      for (const [key, { sighting }] of first) {
        const passed = sighting === undefined && findings.every(finding => finding.key !== key);
        if (passed) first.delete(key);
      }
      for (const finding of findings) {
        const { key, sighting, persistMs } = finding;
        const seen = first.get(key) ?? { sighting, sinceMs: nowMs };
        first.set(key, seen);
        const lastedMs = finding.lastedMs ?? nowMs - seen.sinceMs;
        if (seen.sighting !== sighting || lastedMs >= persistMs) return { confirmed: finding };
        // Stamps of events grow with the next event only.
        if (finding.lastedMs === undefined) waits.push(persistMs - lastedMs);
      }
      return waits.length === 0 ? {} : { recheckMs: Math.min(...waits) };
    },
  };
}
