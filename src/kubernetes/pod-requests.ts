import type { Container, PodSpec } from './api/types.js';
import { parseQuantity } from './quantity.js';

/** Amounts in thousandths, by resource: floating-point sums of cores would miss the last pod that fits. */
export type Amounts = Readonly<Record<string, number>>;

/** Returns a quantity in thousandths. */
export function milli(quantity: string): number {
  return Math.round(parseQuantity(quantity) * 1000);
}

/**
 * Returns what a pod requests: the larger of its containers together and each init container, beside the sidecars
 * started before it ("Resource sharing within containers" in the documentation of init and sidecar containers). A
 * limit without a request counts as the request. Every pod uses one of the `pods` of a node.
 */
export function requestsOf({ containers = [], initContainers = [], overhead = {} }: PodSpec): Amounts {
  const ofContainer = ({ resources: { requests = {}, limits = {} } = {} }: Container): Amounts =>
    inMilli({ ...limits, ...requests });
  let started: Amounts = {};
  let highest: Amounts = {};
  for (const container of initContainers) {
    const together = add(started, ofContainer(container));
    highest = combine(highest, together, Math.max);
    if (container.restartPolicy === 'Always') started = together;
  }
  const running = containers.map(ofContainer).reduce(add, started);
  return { ...add(combine(running, highest, Math.max), inMilli(overhead)), pods: 1000 };
}

function inMilli(quantities: Readonly<Record<string, string>>): Amounts {
  return Object.fromEntries(
    Object.entries(quantities)
      .map(([name, quantity]) => [name, milli(quantity)] as const)
      .filter(([, amount]) => amount > 0),
  );
}

function add(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => x + y);
}

function combine(a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map(name => [name, how(a[name] ?? 0, b[name] ?? 0)]),
  );
}
