/** Inputs whose values never appear in messages, logs, reports or manifests. */
export const secretInputs = [
  'license-key',
  'cluster-password',
  'entitlement-token',
  'registry-credentials',
  'kubeconfig-content',
  'github-token',
] as const;
export type SecretInput = (typeof secretInputs)[number];

/** Returns whether the value of an input must be kept secret. */
export function isSecret(input: string): input is SecretInput {
  return secretInputs.some(secret => secret === input);
}
