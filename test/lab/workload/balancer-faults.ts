/** Faults of the load balancer, by their effect on the user. */
export type BalancerFault =
  | { readonly kind: 'none' }
  /** A Service without an address never gets one. */
  | { readonly kind: 'pending' }
  /** The setup fails with an Azure error code, such as PublicIPCountLimitReached, and is retried. */
  | { readonly kind: 'failed'; readonly code: string; readonly message?: string }
  /** New connections hang: all or a share of them (0 to 1), for a time or until the fault is removed. */
  | { readonly kind: 'blackhole'; readonly share?: number; readonly durationMs?: number };

export interface FaultSwitch {
  readonly current: () => BalancerFault;
  set(fault: BalancerFault): void;
  /** Returns whether one new connection hangs. */
  swallows(random: () => number): boolean;
}

export function createFaultSwitch(now: () => number): FaultSwitch {
  let fault: BalancerFault = { kind: 'none' };
  let sinceMs = 0;
  const current = (): BalancerFault => {
    const over = fault.kind === 'blackhole' && now() - sinceMs >= (fault.durationMs ?? Infinity);
    return over ? { kind: 'none' } : fault;
  };
  return {
    current,
    set(next) {
      fault = next;
      sinceMs = now();
    },
    swallows(random) {
      const active = current();
      return active.kind === 'blackhole' && random() < (active.share ?? 1);
    },
  };
}

/** Returns the text of the event that cloud-provider-azure writes when Azure refuses. */
export function failureMessage({ code, message }: Extract<BalancerFault, { kind: 'failed' }>): string {
  const inner = JSON.stringify({ error: { code, message: message ?? code } });
  return `Error syncing load balancer: failed to ensure load balancer: reconcileSharedLoadBalancer: RESPONSE 400: 400 Bad Request ERROR CODE: ${code} ${inner}`;
}
