import type { Finding } from './diagnose.js';

/** Tells the findings that last from those that pass. */
export interface DoubleCheck {
  /**
   * The first finding that was seen twice: once more than before, or for as long as it asks for. Otherwise when to look
   * again in milliseconds, if there is anything to look at.
   */
  examine(findings: readonly Finding[], nowMs: number): { readonly confirmed?: Finding; readonly recheckMs?: number };
}

/**
 * Believes a finding only when it was seen twice. The first failed pull, an unlucky first start or a pod that waits for
 * another to leave are part of many rollouts that end well.
 */
export function createDoubleCheck(): DoubleCheck {
  const first = new Map<string, { readonly sighting: string; readonly sinceMs: number }>();
  return {
    examine(findings, nowMs) {
      const waits: number[] = [];
      for (const finding of findings) {
        const seen = first.get(finding.key);
        if (seen === undefined) {
          first.set(finding.key, { sighting: finding.sighting, sinceMs: nowMs });
          waits.push(finding.persistMs);
        } else if (seen.sighting !== finding.sighting || nowMs - seen.sinceMs >= finding.persistMs) {
          return { confirmed: finding };
        } else {
          waits.push(finding.persistMs - (nowMs - seen.sinceMs));
        }
      }
      return waits.length === 0 ? {} : { recheckMs: Math.min(...waits) };
    },
  };
}
