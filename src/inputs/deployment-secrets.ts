import type { DeploymentSecrets } from '../migratorydata/spec.js';
import { accept, type Parser, refuse } from './parsers.js';
import type { InputReader } from './reader.js';

/** Shorter texts could not be masked in logs without hiding ordinary words. */
const minLength = 8;

/** Accepts any secret that is long enough to be masked. */
export const secretText: Parser<string> = text =>
  text.length < minLength ? refuse(`must have at least ${minLength} characters`, 'use a longer secret') : accept(text);

/** Accepts a secret that can be the value of a server option: the server splits options at white space. */
const optionSecret: Parser<string> = text => {
  if (/[\s"'`]/.test(text)) return refuse('must not contain white space or quotes', 'use a secret without them');
  return secretText(text);
};

type RegistryCredentials = NonNullable<DeploymentSecrets['registryCredentials']>;

const registryCredentials: Parser<RegistryCredentials> = text => {
  const [server, username, password, ...more] = text.split(/\s+/);
  if (server === undefined || username === undefined || password === undefined || more.length > 0) {
    return refuse('must be three words', 'write the server, the user name and the password, separated by spaces');
  }
  const checked = secretText(password);
  return checked.ok ? accept({ server, username, password }) : checked;
};

/** Reads the secrets of the deployment; empty ones are absent. */
export function readDeploymentSecrets(inputs: InputReader): DeploymentSecrets {
  const licenseKey = inputs.optional('license-key', optionSecret);
  const clusterPassword = inputs.optional('cluster-password', optionSecret);
  const entitlementToken = inputs.optional('entitlement-token', optionSecret);
  const registry = inputs.optional('registry-credentials', registryCredentials);
  return {
    ...(licenseKey !== undefined && { licenseKey }),
    ...(clusterPassword !== undefined && { clusterPassword }),
    ...(entitlementToken !== undefined && { entitlementToken }),
    ...(registry !== undefined && { registryCredentials: registry }),
  };
}
