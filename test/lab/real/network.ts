import { runTool } from '../tools/run.js';

/** The networks of one cluster of real nodes. Clusters do not share any, so that several can run at once. */
export interface ClusterNetwork {
  /** The bridge that all nodes are plugged into; also the prefix of the names of their devices and control groups. */
  readonly bridge: string;
  /** The address of the host on the bridge, where the API server listens. */
  readonly host: string;
  readonly serviceNetwork: string;
  nodeAddress(index: number): string;
  podNetwork(index: number): string;
}

const [firstOctet, lastOctet] = [101, 199];

/**
 * Creates a bridge with an address range that no other cluster on this machine has. Calls `record` with it before it is
 * created.
 * @throws Error with the words of ip; also when all ranges are taken.
 */
export async function createNetwork(record: (network: ClusterNetwork) => void): Promise<ClusterNetwork> {
  const taken = await bridges();
  for (let octet = firstOctet; octet <= lastOctet; octet += 1) {
    const network = networkOf(octet);
    if (taken.includes(network.bridge)) continue;
    record(network);
    try {
      await runTool('ip', ['link', 'add', network.bridge, 'type', 'bridge']);
    } catch (error) {
      // Another cluster may have taken the name in the meantime.
      if ((await bridges()).includes(network.bridge)) continue;
      throw error;
    }
    await runTool('ip', ['address', 'add', `${network.host}/24`, 'dev', network.bridge]);
    await runTool('ip', ['link', 'set', network.bridge, 'up']);
    return network;
  }
  throw new Error(`all networks for real nodes are taken: ${taken.join(', ')}`);
}

function networkOf(octet: number): ClusterNetwork {
  return {
    bridge: `mdlab${octet}`,
    host: `172.30.${octet}.1`,
    serviceNetwork: '10.96.0.0/16',
    nodeAddress: index => `172.30.${octet}.${10 + index}`,
    podNetwork: index => `10.${octet}.${index}.0/24`,
  };
}

async function bridges(): Promise<readonly string[]> {
  const links = JSON.parse(await runTool('ip', ['-json', 'link', 'show'])) as readonly { readonly ifname: string }[];
  return links.map(({ ifname }) => ifname).filter(name => name.startsWith('mdlab') && !name.includes('-'));
}
