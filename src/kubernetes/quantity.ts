/** The suffixes of CPU quantities as multiples of one core; see "Resource units in Kubernetes". */
const cpuUnits: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3 };

/** Returns a CPU quantity such as `250m`, `1.5` or `12345678n` in millicores; NaN for other texts. */
export function parseCpuMillicores(quantity: string): number {
  const [, number, unit = ''] = /^([\d.]+)([a-z]?)$/.exec(quantity) ?? [];
  return Number(number) * (cpuUnits[unit] ?? NaN) * 1000;
}
