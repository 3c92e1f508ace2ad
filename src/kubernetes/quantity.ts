/** The suffixes of quantities; see "Quantity" in the Kubernetes API reference. */
const suffixes: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Returns a quantity such as `250m`, `1.5`, `128Mi` or `1e3` in its unit: cores, bytes or pods; NaN for other texts. */
export function parseQuantity(quantity: string): number {
  const [, number, suffix = ''] = /^(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(number) * (suffixes[suffix] ?? NaN);
}

/** Returns a CPU quantity such as `250m`, `1.5` or `12345678n` in millicores; NaN for other texts. */
export function parseCpuMillicores(quantity: string): number {
  return /^[\d.]+[a-z]?$/.test(quantity) ? parseQuantity(quantity) * 1000 : NaN;
}
