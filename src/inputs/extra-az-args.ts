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

/** Server parameters, in lower case, that have their own input or follow from the deployment. */
const ownParameters: Readonly<Record<string, string>> = {
  memory: 'use the input memory',
  clustermembers: 'use the input max-replicas',
  clustermemberlisten: 'remove it: each member gets its own',
  clusterseedmembercount: 'use the input seed-members',
  listen: 'remove it: probes and services expect port 8800',
  'rest.enable': 'use the input rest',
  licensekey: 'use the secret input license-key',
  clusterpassword: 'use the secret input cluster-password',
  entitlementallowtoken: 'use the secret input entitlement-token',
};

/**
 * Accepts server parameters as `Name=value`, one a line or separated by spaces, and returns them as the options of the
 * server, `-DName=value`; the server supports neither quotes nor spaces in a value. Kubernetes would replace `$(NAME)`
 * with another variable of the container, which may be a secret.
 */
export const serverOptionsText: Parser<string> = text => {
  if (text.includes('$(')) return refuseRedacted('must not contain $(', 'write the value itself');
  const parameters = text.split(/\s+/);
  for (const [index, parameter] of parameters.entries()) {
    const [, name = ''] = /^([A-Za-z][\w.-]*)=[^"'`]*$/.exec(parameter) ?? [];
    if (name === '') {
      return refuseRedacted(
        `option ${index + 1} must be Name=value without quotes and -D`,
        'write it as LogLevel=INFO',
      );
    }
    const lower = name.toLowerCase();
    const remedy = Object.hasOwn(ownParameters, lower) ? ownParameters[lower] : undefined;
    if (remedy !== undefined) return refuseRedacted(`${name} is set by the action itself`, remedy);
  }
  return accept(parameters.map(parameter => `-D${parameter}`).join(' '));
};

/** Accepts options of the Java virtual machine on one line; `$(` is refused, as in server options. */
export const javaOptions: Parser<string> = text => {
  if (text.includes('$(')) return refuseRedacted('must not contain $(', 'write the value itself');
  if (/[\r\n\0]/.test(text)) return refuse('must be a single line', 'remove the line breaks');
  return accept(text);
};
