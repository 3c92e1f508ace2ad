/** How a load balancer probes its backends, and how long it takes to set up. */
export interface BalancerTiming {
  readonly probeIntervalMs: number;
  /** Probes that must fail in a row until a backend gets no more new connections. */
  readonly probeFailures: number;
  readonly provisionMs: number;
}

/**
 * The order of events in Azure, ten times as fast: Azure probes every 5 s, takes a backend out after 2 failures, and
 * provisions an address in about 30 s.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#custom-load-balancer-health-probe
 */
export const labTiming: BalancerTiming = { probeIntervalMs: 500, probeFailures: 2, provisionMs: 300 };

/** The health of a backend pool; one success brings a backend in, a row of failures takes it out. */
export interface BackendHealth {
  /** Probes all backends once; those that are not named any more are forgotten. */
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
