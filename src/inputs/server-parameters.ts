import type { SecretParameter } from '../migratorydata/spec.js';
import { secretName } from './name-parsers.js';
import { accept, type Parser, refuse, refuseRedacted } from './parsers.js';
import type { InputReader } from './reader.js';

/** Server parameters, in lower case, that have their own input or follow from the deployment. */
const ownParameters: Readonly<Record<string, string>> = {
  memory: 'use the input memory',
  clustermembers: 'use the input max-replicas',
  clustermemberlisten: 'remove it: each member gets its own',
  clusterseedmembercount: 'use the input seed-members',
  listen: 'remove it: probes and services expect port 8800',
  listenencrypted: 'use the input tls-secret',
  keystore: 'use the input tls-secret',
  keystorepassword: 'use the input tls-secret',
  'rest.enable': 'use the input rest',
  licensekey: 'use the secret input license-key',
  clusterpassword: 'use the secret input cluster-password',
  entitlementallowtoken: 'use the secret input entitlement-token',
};

/** The names of parameters with a secret value, such as MonitorPassword, signature.hmac.secret and sasl.jaas.config. */
const secretParameterName = /passw|passphrase|secret|credential|jaas|token$/i;

/** Returns why a parameter must not be given here; undefined for one that may. */
function whyRefused(name: string): ReturnType<typeof refuse> | undefined {
  const lower = name.toLowerCase();
  const remedy = Object.hasOwn(ownParameters, lower) ? ownParameters[lower] : undefined;
  return remedy === undefined ? undefined : refuseRedacted(`${name} is set by the action itself`, remedy);
}

/**
 * Accepts server parameters as `Name=value`, one a line or separated by spaces, and returns them as the options of the
 * server, `-DName=value`; the server supports neither quotes nor spaces in a value. Kubernetes would replace `$(NAME)`
 * with another variable of the container, which may be a secret. A secret would be readable in the manifest.
 */
export const serverOptionsText: Parser<string> = text => {
  if (text.includes('$(')) {
    return refuseRedacted('must not contain $(', 'write the value itself, or use secret-opts for a value in a Secret');
  }
  const parameters = text.split(/\s+/);
  for (const [index, parameter] of parameters.entries()) {
    const [, name = ''] = /^([A-Za-z][\w.-]*)=[^"'`]*$/.exec(parameter) ?? [];
    if (name === '') {
      return refuseRedacted(
        `option ${index + 1} must be Name=value without quotes and -D`,
        'write it as LogLevel=INFO',
      );
    }
    const refusal = whyRefused(name);
    if (refusal !== undefined) return refusal;
    if (secretParameterName.test(name)) {
      const remedy = `store the value in a Secret of the namespace, and set secret-opts to ${name}=SECRET/KEY`;
      return refuseRedacted(`${name} is a secret, and everyone who sees the manifest could read it`, remedy);
    }
  }
  return accept(parameters.map(parameter => `-D${parameter}`).join(' '));
};

/** Accepts `Name=secret/key`; the names as Kubernetes allows them ("Secrets", and "Object Names and IDs"). */
const secretParameter: Parser<SecretParameter> = text => {
  const [, parameter = '', secret = '', key = ''] =
    /^([A-Za-z][\w.-]*)=([a-z0-9.-]+)\/([\w.-]{1,253})$/.exec(text) ?? [];
  // The value may stand where the reference should.
  if (key === '') return refuseRedacted('must be Name=secret/key', 'write it as MonitorPassword=monitoring/password');
  const named = secretName(secret);
  return whyRefused(parameter) ?? (named.ok ? accept({ parameter, secret, key }) : named);
};

/** Reads the parameters that refer to Secrets; each parameter has one place. */
export function readSecretOpts(inputs: InputReader): readonly SecretParameter[] {
  const references = inputs.lines('secret-opts', secretParameter);
  const given = inputs
    .text('server-options')
    .split(/\s+/)
    .map(option => option.split('=')[0] ?? '');
  const seen = new Set(given.map(plain));
  for (const { parameter } of references) {
    if (seen.has(plain(parameter))) {
      const rule = `${parameter} is given more than once in secret-opts and server-options`;
      inputs.problems.add({ input: 'secret-opts', rule, remedy: 'keep one of them' });
    }
    seen.add(plain(parameter));
  }
  return references;
}

/** Names that differ in this text only cannot be told apart as variables of a container. */
function plain(parameter: string): string {
  return parameter.replaceAll(/[.-]/g, '_').toLowerCase();
}

/** Accepts options of the Java virtual machine on one line; `$(` is refused, as in server options. */
export const javaOptions: Parser<string> = text => {
  if (text.includes('$(')) return refuseRedacted('must not contain $(', 'write the value itself');
  if (/[\r\n\0]/.test(text)) return refuse('must be a single line', 'remove the line breaks');
  return accept(text);
};
