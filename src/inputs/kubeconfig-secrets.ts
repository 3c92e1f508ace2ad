import { parse } from 'yaml';

/** Fields with credentials in the users of a kubeconfig; see "Kubeconfig (v1)" in the Kubernetes reference. */
const revealing = /token|password|key-data|secret/i;

/**
 * Returns the secrets in the text of a kubeconfig: tokens, passwords, keys, and the environment of credential plugins.
 * Other values are not masked, because the runner would drop outputs that contain words such as the cluster name. A
 * text that is not a kubeconfig is one secret.
 */
export function secretsInKubeconfig(text: string): readonly string[] {
  let users: unknown;
  try {
    users = (parse(text) as { readonly users?: unknown } | null)?.users;
  } catch {
    // The code that uses the file reports the error; nothing may be shown here.
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
