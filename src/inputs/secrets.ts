import type { Environment } from './environment.js';
import { environmentName } from './environment.js';

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

/** The secret values that the environment holds, as given, and the password inside registry-credentials. */
export function secretsOf(env: Environment): readonly string[] {
  const values = secretInputs.map(input => env[environmentName(input)]?.trim() ?? '');
  const password = (env[environmentName('registry-credentials')] ?? '').trim().split(/\s+/)[2] ?? '';
  return [...new Set([...values, password])].filter(value => value !== '');
}
