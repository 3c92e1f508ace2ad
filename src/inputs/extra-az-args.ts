import { accept, type Parser, refuse, refuseRedacted } from './parsers.js';

/** Flags of `az aks create` that this action sets, or whose absence it relies on. */
const ownFlags = [
  '--api-server-authorized-ip-ranges',
  '--auto-upgrade-channel',
  '--debug',
  '--enable-cluster-autoscaler',
  '--enable-managed-identity',
  '--generate-ssh-keys',
  '--help',
  '--if-match',
  '--if-none-match',
  '--kubernetes-version',
  '--load-balancer-sku',
  '--location',
  '--max-count',
  '--min-count',
  '--name',
  '--no-ssh-key',
  '--no-wait',
  '--node-count',
  '--node-os-upgrade-channel',
  '--node-osdisk-type',
  '--node-resource-group',
  '--node-vm-size',
  '--node-zones',
  '--nodepool-name',
  '--nodepool-tags',
  '--only-show-errors',
  '--output',
  '--query',
  '--resource-group',
  '--sku',
  '--ssh-key-value',
  '--subscription',
  '--tags',
  '--tier',
  '--verbose',
  '--vm-set-type',
  '--yes',
  '--zones',
] as const;

/** Flags with a secret value, which would be visible in the process list of the runner. */
const secretFlags = ['--aad-server-app-secret', '--client-secret', '--windows-admin-password'] as const;

/** The short forms of the flags above: name, group, location, count, version, size, no key, yes, output, zones, help. */
const ownShortFlags = /^-(?!-)[nglcksxyozh]/;

/**
 * Accepts an additional argument for `az aks create`. az accepts every unambiguous prefix of a flag, so prefixes are
 * refused as well.
 */
export const extraCreateArgument: Parser<string> = text => {
  const flag = text.split('=')[0] ?? '';
  const value = text.slice(flag.length + 1);
  if (text.startsWith('@') || value.startsWith('@')) {
    return refuse('must not begin with @, which az treats as a file name', 'give the value itself');
  }
  if (!text.startsWith('-')) return accept(text);
  const isPrefixOf = (known: string): boolean => known.startsWith(flag);
  if (flag.startsWith('--') && secretFlags.some(isPrefixOf)) {
    return refuseRedacted('a secret flag must not be on a command line', 'use a managed identity, which needs none');
  }
  if (ownShortFlags.test(text) || (flag.startsWith('--') && ownFlags.some(isPrefixOf))) {
    return refuse('is set by the action itself', 'use the input for it, or remove it');
  }
  return accept(text);
};
