import { parse } from 'yaml';

/** Fields of a kubeconfig's users that let somebody in; see "Kubeconfig (v1)" in the Kubernetes reference. */
const revealing = /token|password|key-data|secret/i;

/**
 * The secrets in the text of a kubeconfig: tokens, passwords, keys, and what it hands to credential plugins. The rest
 * is no secret, and hiding words such as the cluster's name would make the runner drop outputs that contain them. A
 * text that is no kubeconfig is secret as a whole.
 */
export function secretsInKubeconfig(text: string): readonly string[] {
  let users: unknown;
  try {
    users = (parse(text) as { readonly users?: unknown } | null)?.users;
  } catch {
    // The error for the user comes from whoever needs the file; here nothing must be shown.
  }
  return Array.isArray(users) ? users.flatMap(user => revealedBy(user, false)) : [text];
}

function revealedBy(value: unknown, secret: boolean): readonly string[] {
  if (typeof value === 'string') return secret && value !== '' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    // The environment of a credential plugin is a list of names and values.
    revealedBy(inner, secret || revealing.test(key) || (key === 'value' && 'name' in value)),
  );
}
