import { type Environment, environmentName } from './environment.js';
import { secretsInKubeconfig } from './kubeconfig-secrets.js';
import { type SecretInput, secretInputs } from './secret-inputs.js';

/** Returns the secret values in the environment, including the parts of values that contain several secrets. */
export function secretsOf(env: Environment): readonly string[] {
  const valueOf = (input: SecretInput): string => env[environmentName(input)]?.trim() ?? '';
  const values = secretInputs.filter(input => input !== 'kubeconfig-content').map(valueOf);
  const password = valueOf('registry-credentials').split(/\s+/)[2] ?? '';
  const kubeconfig = valueOf('kubeconfig-content');
  const inside = kubeconfig === '' ? [] : secretsInKubeconfig(kubeconfig);
  return [...new Set([...values, password, ...inside])].filter(value => value !== '');
}
