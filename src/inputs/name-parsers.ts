import { identifierForms } from '../runtime/identifiers.js';
import { accept, type Parser, refuse } from './parsers.js';

/** Accepts texts that match a pattern; az would read a value that begins with `@` as a file name, so none may. */
function named(pattern: RegExp, rule: string, remedy: string): Parser<string> {
  return text => {
    if (text.startsWith('@')) return refuse('must not begin with @, which az takes for a file name', 'remove the @');
    return pattern.test(text) ? accept(text) : refuse(rule, remedy);
  };
}

/** Resource group: "Naming rules and restrictions for Azure resources", Microsoft.Resources. Never begins with `-`. */
export const resourceGroup = named(
  identifierForms['resource group'],
  'must be 1 to 90 letters, digits or any of - _ . ( ), must not begin with - nor end with .',
  'choose such a name, for example rg-migratorydata',
);

/** The longest node resource group that AKS accepts; its own MC_ names count as well. */
export const nodeResourceGroupLength = 80;

/** The group that AKS makes for the nodes. */
export const nodeResourceGroup: Parser<string> = text =>
  text.length > nodeResourceGroupLength
    ? refuse(`must have at most ${nodeResourceGroupLength} characters`, 'choose a shorter name')
    : resourceGroup(text);

const clusterPattern = named(
  identifierForms['cluster name'],
  'must be 1 to 63 letters, digits, - or _, and begin and end with a letter or digit',
  'choose such a name, for example aks-migratorydata',
);

/** Managed cluster: the same page, Microsoft.ContainerService, and its list of reserved words. */
export const clusterName: Parser<string> = text =>
  /microsoft|windows|^login|^xbox/i.test(text)
    ? refuse('must not use the words microsoft, windows, login or xbox, which Azure reserves', 'choose another name')
    : clusterPattern(text);

/** The group that AKS uses for the nodes when none is named. */
export function defaultNodeResourceGroup(group: string, cluster: string, location: string): string {
  return `MC_${group}_${cluster}_${location}`;
}

/** The default resource group of a run: no attempt number, so that a rerun finds it again. */
export function defaultResourceGroup(runId: string, instance: string): string {
  const name = `rg-migratorydata-${runId}-${instance}`.replaceAll(/[^\w().-]/g, '-').slice(0, 90);
  return name.replace(/\.+$/, end => '-'.repeat(end.length));
}

/** Distinguishes jobs of one run; a tag value and a part of names, so from the letters that all of these allow. */
export const instanceName = named(
  /^[A-Za-z0-9_][\w.-]{0,62}$/,
  'must be 1 to 63 letters, digits, . _ or -, and begin with a letter, a digit or _',
  'choose such a name, for example nightly-0',
);

/** Azure region by its short name, such as `eastus`. */
export const location = named(
  /^[a-z][a-z0-9]{2,29}$/,
  'must be the short name of a region, in lower-case letters and digits',
  'take a name that `az account list-locations` shows, such as eastus',
);

/** VM size, such as `Standard_D2s_v5`. */
export const vmSize = named(
  /^[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_-]{1,60}$/,
  'must be the name of a VM size',
  'take a name that `az vm list-skus` shows, such as Standard_D2s_v5',
);

/** Identifier of a subscription, tenant or application. */
export const guid = named(
  identifierForms['subscription id'],
  'must be a GUID',
  'write it as 00000000-0000-0000-0000-000000000000',
);

/** Kubernetes version as AKS takes it: a minor version stands for its latest patch. */
export const kubernetesVersion = named(
  /^1\.\d{1,3}(?:\.\d{1,3})?$/,
  'must be a Kubernetes version',
  'write it as 1.35 or 1.35.4, or leave it empty',
);

/** Label of a public address: the pattern that Azure checks it with. */
export const publicDnsLabel = named(
  /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/,
  'must be 3 to 63 lower-case letters, digits or -, begin with a letter and end with a letter or digit',
  'choose such a name, for example migratorydata-test',
);

const dnsLabel = named(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'must be a DNS label: 1 to 63 lower-case letters, digits or -, beginning and ending with a letter or digit',
  'choose such a name, for example migratory',
);

/** Namespace (RFC 1123 label). Those of Kubernetes itself are refused, and `default`, which nobody can delete. */
export const namespace: Parser<string> = text =>
  text === 'default' || text.startsWith('kube-')
    ? refuse('must not be default nor begin with kube-', 'use a namespace of its own, for example migratory')
    : dnsLabel(text);

/** DNS name (RFC 1123 subdomain, at most 253 characters), for nodes and the cluster's domain. */
export const dnsName = named(
  identifierForms['node name'],
  'must be a DNS name of lower-case letters, digits, - and .',
  'write it as cluster.local',
);

/** Repository as `owner/name`. */
export const repository = named(
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/,
  'must be a repository as owner/name',
  'write it as acme/shop',
);
