/** How a load balancer probes its backends, and how long its setup takes. */
export interface BalancerTiming {
  readonly probeIntervalMs: number;
  /** The probes that must fail in a row until a backend gets no new connections. */
  readonly probeFailures: number;
  readonly provisionMs: number;
}

/**
 * The order of events in Azure, ten times as fast: Azure probes every 5 s, removes a backend after 2 failures, and
 * provisions an address in about 30 s.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#custom-load-balancer-health-probe
 */
export const labTiming: BalancerTiming = { probeIntervalMs: 500, probeFailures: 2, provisionMs: 300 };

/** The health of a backend pool: one success adds a backend, several failures in a row remove it. */
export interface BackendHealth {
  /** Probes all backends once, and forgets those that are not listed any more. */
  probe(backends: readonly string[], answers: (backend: string) => boolean): void;
  healthy(): readonly string[];
}

export function createBackendHealth(probeFailures: number): BackendHealth {
  const failures = new Map<string, number>();
  return {
    probe(backends, answers) {
      for (const backend of failures.keys()) if (!backends.includes(backend)) failures.delete(backend);
      for (const backend of backends) {
        failures.set(backend, answers(backend) ? 0 : (failures.get(backend) ?? probeFailures) + 1);
      }
    },
    healthy: () => [...failures].filter(([, count]) => count < probeFailures).map(([backend]) => backend),
  };
}
