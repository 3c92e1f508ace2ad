/** What a test may change while the stand-in runs. */
export interface Settings {
  /** How long an operation takes at least, in milliseconds; a real create takes about six minutes. */
  lroMs: number;
  /**
   * Sent as `retry-after-ms` with every answer to a poll. Undefined sends nothing, as the real AKS does: az then polls
   * every 30 seconds.
   */
  pollAfterMs: number | undefined;
  /** How long an access token is good; az asks for another when under five minutes are left. */
  accessTokenTtlMs: number;
  /** How long a federated token is good after it was issued; GitHub's live five minutes. */
  assertionTtlMs: number;
  /** vCPUs that the subscription may use in a region. */
  regionalVcpuLimit: number;
  /** vCPUs that the subscription may use of one family in a region. */
  familyVcpuLimit: number;
  /** Sizes that the subscription may not use; create refuses them and `az vm list-skus` shows the restriction. */
  restrictedSizes: readonly string[];
}

export function defaultSettings(): Settings {
  return {
    lroMs: 300,
    pollAfterMs: 200,
    accessTokenTtlMs: 3_600_000,
    assertionTtlMs: 300_000,
    regionalVcpuLimit: 100,
    familyVcpuLimit: 100,
    restrictedSizes: [],
  };
}
