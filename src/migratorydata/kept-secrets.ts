import type { Secret, StatefulSet } from '../kubernetes/types.js';
import { asOptionalList, text } from '../runtime/json.js';
import { secretReference } from './manifests/container.js';
import { generationsOf, readSecret, type SecretKind } from './secret-generations.js';
import { isGenerated, readRegistryCredentials, secretKindOf } from './secret-plan.js';
import { type SecretOptionName, secretOptions } from './server-options.js';
import type { DeploymentSecrets } from './spec.js';

/** The secrets of a deployment after those of the live one were added. */
export interface KeptSecrets {
  readonly secrets: DeploymentSecrets;
  /** The inputs that are empty, each with the Secret whose value is kept. */
  readonly kept: readonly { readonly input: string; readonly secret: string }[];
}

/** Returns whether the members use a Secret of this action, so that its values must be read before they are updated. */
export function usesSecrets(live: StatefulSet): boolean {
  return optionNames.some(name => secretReference(live, name) !== undefined) || pullSecrets(live).length > 0;
}

/**
 * Returns the secrets with the values of the live deployment where none was given: a secret that did not arrive must not
 * replace the licence or the password of running members by the published ones of the image. A generated token is not
 * included, because `planSecrets` keeps it.
 * @param existing all Secrets of the namespace.
 */
export function keepSecrets(given: DeploymentSecrets, live: StatefulSet, existing: readonly Secret[]): KeptSecrets {
  const options = optionNames.flatMap(name => {
    if (given[name] !== undefined) return [];
    const reference = secretReference(live, name);
    const secret = find(secretKindOf(name), live, existing, reference?.name);
    const value = secret && readSecret(secret, secretOptions[name].key);
    if (secret === undefined || value === undefined || (name === 'entitlementToken' && isGenerated(secret))) return [];
    return [{ input: secretOptions[name].key, secret: secret.metadata.name, values: { [name]: value } }];
  });
  const registry = pullSecrets(live).flatMap(name => {
    const secret = given.registryCredentials === undefined ? find('registry', live, existing, name) : undefined;
    const registryCredentials = secret && readRegistryCredentials(secret);
    return registryCredentials === undefined
      ? []
      : [{ input: 'registry-credentials', secret: name, values: { registryCredentials } }];
  });
  const all = [...options, ...registry];
  return {
    secrets: Object.assign({}, given, ...all.map(({ values }) => values)) as DeploymentSecrets,
    kept: all.map(({ input, secret }) => ({ input, secret })),
  };
}

/** Returns the values to mask. */
export function secretTexts({ registryCredentials, ...texts }: DeploymentSecrets): readonly string[] {
  return [...Object.values(texts), ...(registryCredentials === undefined ? [] : [registryCredentials.password])];
}

/** Returns a warning that says which secrets did not arrive, what happens instead, and the usual reason. */
export function keptWarning(kept: KeptSecrets['kept']): string {
  const list = kept.map(({ input, secret }) => `${input} (Secret ${secret})`).join(', ');
  return (
    `The live deployment has secrets that this step was not given: ${list}. They are kept as they are. A called ` +
    'workflow gets only the secrets that its caller passes, and none of a GitHub environment; to make this an error, ' +
    'name them in require-secrets.'
  );
}

const optionNames = Object.keys(secretOptions) as SecretOptionName[];

function pullSecrets({ spec }: StatefulSet): readonly string[] {
  return asOptionalList(spec.template.spec['imagePullSecrets']).map(({ name }) => text(name));
}

function find(
  kind: SecretKind,
  { metadata: { name: deployment } }: StatefulSet,
  existing: readonly Secret[],
  name: string | undefined,
): Secret | undefined {
  return generationsOf({ kind, name: deployment }, existing).find(({ metadata }) => metadata.name === name);
}
