import type { FaultRecord } from '../../journal/experiment-record.js';

/** What shows when a fault took effect. Times are milliseconds from t0. */
export interface FaultObservations {
  /** When the injection began. */
  readonly injectedMs: number;
  /** When the fault was confirmed; the end of the measurement if it was not. */
  readonly confirmedMs: number;
  /** The first eviction, deletion or scaling of members that Kubernetes accepted: when it was sent, and accepted. */
  readonly accepted: { readonly sentMs: number; readonly atMs: number } | undefined;
  /** When Azure accepted the request. */
  readonly azureAcceptedMs: number | undefined;
  /** When each renewal of the Lease of a lost node was received; empty for faults that stop no node. */
  readonly renewals: readonly (readonly number[])[];
  /** The scheduled start of the first attempt that failed after the injection began. */
  readonly firstFailureMs: number | undefined;
  /** The resolution of that attempt. */
  readonly resolutionMs: number;
}

/**
 * A kubelet renews its Lease every 10 s: a quarter of `nodeLeaseDurationSeconds`, which is 40 by default (KubeletConfiguration,
 * and nodeLeaseRenewIntervalFraction in the source).
 */
const renewalMs = 10_000;
/** Two renewals that are further apart have an outage of the kubelet between them. */
const silenceMs = 1.5 * renewalMs;

/**
 * Returns when a fault took effect: at the last renewal of a lost node, or at the acceptance of the first request that
 * removed a member, but not after the first failure that clients saw; without any of these, when the injection began.
 * The fault took effect within the uncertainty after that time, or before it for an acceptance and a failure.
 */
export function faultTimeOf(observed: FaultObservations): FaultRecord {
  const {
    injectedMs,
    confirmedMs,
    accepted,
    azureAcceptedMs,
    renewals,
    firstFailureMs = Infinity,
    resolutionMs,
  } = observed;
  const azureMs = azureAcceptedMs === undefined ? null : Math.round(azureAcceptedMs);
  const at = (by: FaultRecord['by'], atMs: number, uncertaintyMs: number): FaultRecord => ({
    ...{ by, atMs: Math.round(atMs), uncertaintyMs: Math.round(Math.max(0, uncertaintyMs)), azureAcceptedMs: azureMs },
  });
  const latestMs = Math.min(firstFailureMs, confirmedMs);
  const known = renewals.flatMap(receipts => lastRenewal(receipts, injectedMs, latestMs) ?? []);
  if (known.length > 0) {
    const renewedMs = Math.max(injectedMs, Math.min(...known));
    return at('renewal', renewedMs, Math.min(latestMs, Math.min(...known) + renewalMs) - renewedMs);
  }
  if (firstFailureMs < (accepted?.atMs ?? Infinity)) return at('failure', firstFailureMs, resolutionMs);
  if (accepted !== undefined) return at('acceptance', accepted.atMs, accepted.atMs - accepted.sentMs);
  return at('injection', injectedMs, renewals.length > 0 ? confirmedMs - injectedMs : 0);
}

/** Returns the last renewal before a node was lost: it may have come back until `untilMs`, as after a reboot. */
function lastRenewal(receipts: readonly number[], injectedMs: number, untilMs: number): number | undefined {
  const before = receipts.filter(atMs => atMs <= untilMs);
  const silence = before
    .map((atMs, index) => ({ atMs, ms: (before[index + 1] ?? atMs) - atMs }))
    .filter(({ atMs, ms }) => atMs + ms > injectedMs && ms > silenceMs)
    .sort((a, b) => b.ms - a.ms)[0];
  return silence?.atMs ?? before.at(-1);
}
