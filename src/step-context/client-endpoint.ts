import type { Way } from '../chaos/measurement/way.js';
import { readyAddresses } from '../kubernetes/nodes.js';
import type { Node } from '../kubernetes/types.js';
import type { Exposure } from '../migratorydata/spec.js';
import type { Endpoint } from './endpoint.js';

/**
 * The way that the measurement takes to the cluster. With node ports a client would take any node that works, so the
 * attempts rotate over the Ready nodes but the targets.
 */
export function wayTo(
  { url, network, blindSpot }: Endpoint,
  { serviceType }: Exposure,
  rest: Way['rest'],
  nodes: readonly Node[],
  targets: readonly string[],
): Way {
  const common = { network, blindSpot, rest };
  const others = readyAddresses(nodes.filter(({ metadata }) => !targets.includes(metadata.name)));
  if (serviceType !== 'node-port' || others.length === 0) return { ...common, url: () => url };
  const urls = others.map(address => withHost(url, address));
  let count = 0;
  return {
    ...common,
    url: () => {
      count += 1;
      return urls[count % urls.length] ?? url;
    },
  };
}

function withHost(url: string, address: string): string {
  const other = new URL(url);
  other.hostname = address.includes(':') ? `[${address}]` : address;
  return other.toString().replace(/\/$/, '');
}
