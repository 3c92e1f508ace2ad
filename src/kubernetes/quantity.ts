/** Multiples of one core that CPU quantities of Kubernetes are written in; see "Resource units in Kubernetes". */
const cpuUnits: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3 };

/** A CPU quantity such as `250m`, `1.5` or `12345678n` in millicores; NaN for anything else. */
export function parseCpuMillicores(quantity: string): number {
  const [, number, unit = ''] = /^([\d.]+)([a-z]?)$/.exec(quantity) ?? [];
  return Number(number) * (cpuUnits[unit] ?? NaN) * 1000;
}
