/**
 * Returns whether a live object contains everything that was rendered. Additional fields are allowed, because the
 * server adds defaults and other clients add fields. List items are compared in order. Quantities are compared by
 * value, because the server writes `0.5` as `500m`. An empty list or object equals a missing one.
 */
export function contains(live: unknown, rendered: unknown): boolean {
  if (isEmpty(rendered)) return true;
  if (Array.isArray(rendered)) {
    return (
      Array.isArray(live) &&
      live.length === rendered.length &&
      rendered.every((item, index) => contains(live[index], item))
    );
  }
  if (isRecord(rendered)) {
    return isRecord(live) && Object.entries(rendered).every(([key, value]) => contains(live[key], value));
  }
  return live === rendered || isSameQuantity(live, rendered);
}

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function isSameQuantity(a: unknown, b: unknown): boolean {
  const [first, second] = [readQuantity(a), readQuantity(b)];
  return first !== undefined && second !== undefined && Math.abs(first - second) <= 1e-9 * Math.abs(first);
}

function readQuantity(value: unknown): number | undefined {
  const [, amount, unit = ''] = typeof value === 'string' ? (/^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(value) ?? []) : [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
