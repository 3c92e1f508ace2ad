import { identifierForms } from '../runtime/identifiers.js';
import { shorten } from '../runtime/short-name.js';
import { accept, type Parser, refuse } from './parsers.js';

/** Accepts texts that match a pattern. None may begin with `@`, because az would read the value as a file name. */
function named(pattern: RegExp, rule: string, remedy: string): Parser<string> {
  return text => {
    if (text.startsWith('@')) return refuse('must not begin with @, which az treats as a file name', 'remove the @');
    return pattern.test(text) ? accept(text) : refuse(rule, remedy);
  };
}

/** Resource group: "Naming rules and restrictions for Azure resources", Microsoft.Resources. Never begins with `-`. */
export const resourceGroup = named(
  identifierForms['resource group'],
  'must be 1 to 90 letters, digits or any of - _ . ( ), must not begin with - nor end with .',
  'choose such a name, for example rg-migratorydata',
);

/** The maximum length of a node resource group on AKS, also for its own MC_ names. */
export const nodeResourceGroupLength = 80;

/** The group that AKS creates for the nodes. */
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

/** Returns the default node resource group of AKS. */
export function defaultNodeResourceGroup(group: string, cluster: string, location: string): string {
  return `MC_${group}_${cluster}_${location}`;
}

/** The maximum length of a resource group. */
const resourceGroupLength = 90;

/** Returns the default resource group of a run, without the attempt number, so that a rerun finds it again. */
export function defaultResourceGroup(runId: string, instance: string): string {
  const name = shorten(`rg-migratorydata-${runId}-${instance}`.replaceAll(/[^\w().-]/g, '-'), resourceGroupLength);
  return name.replace(/\.+$/, end => '-'.repeat(end.length));
}

/** The maximum length of an instance. */
const instanceLength = 63;

/**
 * Distinguishes jobs of one run. It is a tag value and part of names, so it only has characters that all of these
 * allow.
 */
export const instanceName = named(
  /^[A-Za-z0-9_][\w.-]{0,62}$/,
  'must be 1 to 63 letters, digits, . _ or -, and begin with a letter, a digit or _',
  'choose such a name, for example nightly-0',
);

/**
 * Returns a parser for the instance of a job. The default, the id of the job and its index in the matrix, is shortened:
 * the id may have up to 100 characters.
 */
export function instanceOf(job: string): Parser<string> {
  return text => {
    const isDefault = text.startsWith(`${job}-`) && /^\d+$/.test(text.slice(job.length + 1));
    return instanceName(isDefault ? shorten(text, instanceLength) : text);
  };
}

/** Azure region by its short name, such as `eastus`. */
export const location = named(
  /^[a-z][a-z0-9]{2,29}$/,
  'must be the short name of a region, in lower-case letters and digits',
  'use a name from `az account list-locations`, such as eastus',
);

/** VM size, such as `Standard_D2s_v5`. */
export const vmSize = named(
  /^[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_-]{1,60}$/,
  'must be the name of a VM size',
  'use a name from `az vm list-skus`, such as Standard_D2s_v5',
);

/** Identifier of a subscription, tenant or application. */
export const guid = named(
  identifierForms['subscription id'],
  'must be a GUID',
  'write it as 00000000-0000-0000-0000-000000000000',
);

/** Kubernetes version as on AKS, where a minor version stands for its latest patch. */
export const kubernetesVersion = named(
  /^1\.\d{1,3}(?:\.\d{1,3})?$/,
  'must be a Kubernetes version',
  'write it as 1.35 or 1.35.4, or leave it empty',
);

/** DNS label of a public address: the pattern that Azure requires. */
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

/** Namespace (RFC 1123 label). The namespaces of Kubernetes are refused, and `default`, which cannot be deleted. */
export const namespace: Parser<string> = text =>
  text === 'default' || text.startsWith('kube-')
    ? refuse('must not be default nor begin with kube-', 'use a separate namespace, for example migratory')
    : dnsLabel(text);

/**
 * The maximum length of the name of a deployment: Kubernetes appends a hyphen and a hash of up to 10 characters for the
 * label `controller-revision-hash` of the pods, and a label value has at most 63.
 */
const deploymentNameLength = 52;

const deploymentPattern = named(
  identifierForms['deployment name'],
  'must be lower-case letters, digits or -, begin with a letter and end with a letter or digit',
  'choose such a name, for example chat',
);

/** Name of a deployment (RFC 1035 label, which the names of Services must be). */
export const deploymentName: Parser<string> = text =>
  text.length > deploymentNameLength
    ? refuse(
        `must have at most ${deploymentNameLength} characters, because Kubernetes appends a hash to it in the label controller-revision-hash of the pods`,
        'choose a shorter name',
      )
    : deploymentPattern(text);

/** DNS name (RFC 1123 subdomain, at most 253 characters), for nodes and the cluster's domain. */
export const dnsName = named(
  identifierForms['node name'],
  'must be a DNS name of lower-case letters, digits, - and .',
  'write it as cluster.local',
);

/** Kubernetes Secret (RFC 1123 subdomain). */
export const secretName = named(
  identifierForms['node name'],
  'must be the name of a Secret: lower-case letters, digits, - and .',
  'choose such a name, for example push-tls',
);

/** Repository as `owner/name`. */
export const repository = named(
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/,
  'must be a repository as owner/name',
  'write it as acme/shop',
);
