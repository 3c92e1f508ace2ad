import { ActionError } from '../errors/action-error.js';

/**
 * The patterns of identifiers in Azure and Kubernetes. Sources: "Naming rules and restrictions for Azure resources",
 * the pattern of agent pool names in the AKS REST reference, "Object Names and IDs" in the Kubernetes documentation.
 */
export const identifierForms = {
  // Any argument of az.
  argument: /^(?!@)\P{Cc}*$/su,
  'subscription id': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'resource group': /^(?!-)[\w().-]{0,89}[\w()-]$/,
  'cluster name': /^[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?$/,
  'scale set': /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/,
  // Without an instance, az acts on the whole scale set.
  'instance id': /^\d{1,10}$/,
  'node pool': /^[a-z][a-z0-9]{0,11}$/,
  // A location, or the key or value of a tag in a filter.
  'plain name': /^[A-Za-z0-9][\w.-]{0,62}$/,
  'resource id': /^(?:\/[A-Za-z0-9_(][\w().-]*)+$/,
  etag: /^(?:W\/)?"?[A-Za-z0-9][A-Za-z0-9-]{0,99}"?$/,
  'tag key': /^[A-Za-z0-9_][^<>%&\\?/=\p{C}\u2028\u2029]{0,511}$/u,
  'tag value': /^[^\p{C}\u2028\u2029]{0,256}$/u,
  'address range': /^[0-9a-f:.]{2,45}(?:\/\d{1,3})?$/i,
  'node name': /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
  // The prefix of the names of Services and pods.
  'deployment name': /^[a-z](?:[a-z0-9-]{0,50}[a-z0-9])?$/,
  // Other names would change the path; see "Path Segment Names" in the Kubernetes documentation.
  'object name': /^(?!\.{1,2}$)[^/%\p{C}\u2028\u2029]{1,253}$/u,
} as const satisfies Readonly<Record<string, RegExp>>;

export type IdentifierKind = keyof typeof identifierForms;

export function isIdentifier(kind: IdentifierKind, text: string): boolean {
  return identifierForms[kind].test(text);
}

/**
 * Returns an identifier that is safe in an argument list or a URL, whatever its source: az reads a file if a value
 * starts with `@`, and takes a value that starts with `-` for an option.
 * @throws ActionError `identifier-invalid`, with the text as JSON.
 */
export function identifier(kind: IdentifierKind, text: string): string {
  if (isIdentifier(kind, text)) return text;
  const shown = JSON.stringify(text.slice(0, 100));
  throw new ActionError('identifier-invalid', `${shown} is not a valid ${kind}, so it was not used.`);
}
