import type { StatefulSet } from '../kubernetes/api/types.js';
import { serverContainer } from './manifests/container.js';
import type { EnvVar } from './manifests/shapes.js';
import { parseOptions, secretOptions } from './server-options.js';

/** An option or a variable of the server with a secret as its value. */
export interface ClearSecret {
  readonly name: string;
  /** The input that passes it by reference, if there is one. */
  readonly input?: string;
}

/**
 * Names of secrets: `KeyStorePassword`, `MonitorPassword`, `signature.hmac.secret`, `sasl.jaas.config`, `LicenseKey` and the
 * like. https://migratorydata.com/docs/server/configuration and github.com/migratorydata/addon-authorization-jwt
 */
const secretName = /password|passphrase|secret|token|jaas|license_?key|credential/i;
/** Names that only tell something about a secret, such as `renewTokenBeforeSeconds`. */
const harmlessName = /(?:seconds|file|path|folder|enabled?)$/i;
/** A secret in a text that is no list of options, such as the configuration of JAAS. */
const secretText = /\b(?:password|secret)\s*=/i;

/**
 * Returns the secrets that are text in a StatefulSet, and so in its manifest: the values of options and variables that are
 * not references to a Secret. The values themselves are not returned.
 */
export function secretsInClear(statefulSet: StatefulSet): readonly ClearSecret[] {
  const env = serverContainer(statefulSet)?.env ?? [];
  const found = env.flatMap(({ name, value = '' }) => {
    const options = [...parseOptions(value)];
    if (options.length > 0) {
      return options.flatMap(([option, text]) => (isSecret(option) && isClear(text, env) ? [option] : []));
    }
    return value !== '' && isClear(value, env) && (isSecret(name) || secretText.test(value)) ? [name] : [];
  });
  return [...new Set(found)].map(name => {
    const known = Object.values(secretOptions).find(({ parameter }) => parameter === name);
    return known === undefined ? { name } : { name, input: known.key };
  });
}

function isSecret(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

/** Returns whether a value is not a reference to a variable whose value comes from elsewhere. */
function isClear(text: string, env: readonly EnvVar[]): boolean {
  const [, variable] = /^\$\((\w+)\)$/.exec(text) ?? [];
  return variable === undefined || env.some(({ name, value }) => name === variable && value !== undefined);
}
