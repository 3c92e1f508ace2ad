import { BlockList, isIPv4 } from 'node:net';

/** Returns whether the address is in one of the CIDR ranges, or there are none. @throws Error for a malformed range. */
export function isAllowedSource(address: string, ranges: readonly string[] | undefined): boolean {
  if (!ranges || ranges.length === 0) return true;
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', prefix] = range.trim().split('/');
    list.addSubnet(net, Number(prefix), isIPv4(net) ? 'ipv4' : 'ipv6');
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
