/** Inputs whose values appear in no message, log, report or manifest. */
export const secretInputs = [
  'license-key',
  'cluster-password',
  'entitlement-token',
  'registry-credentials',
  'kubeconfig-content',
  'github-token',
] as const;
export type SecretInput = (typeof secretInputs)[number];

/** Whether the value of an input must be kept secret. */
export function isSecret(input: string): input is SecretInput {
  return secretInputs.some(secret => secret === input);
}
