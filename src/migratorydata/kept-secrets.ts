import type { Secret, StatefulSet } from '../kubernetes/api/types.js';
import { asOptionalList, text } from '../runtime/json.js';
import { secretReference } from './manifests/container.js';
import { generationsOf, readSecret } from './secret-generations.js';
import { type CompleteSecrets, isGenerated, readRegistryCredentials, secretKindOf } from './secret-plan.js';
import { type SecretOptionName, secretOptions } from './server-options.js';
import type { Deployment, DeploymentSecrets } from './spec.js';

/** An input, and the Secret from which the members read it. */
interface SecretSource {
  readonly input: string;
  readonly secret: string;
}

/** The secrets of a deployment after those that were not given were kept or generated. */
export interface KeptSecrets {
  readonly secrets: CompleteSecrets;
  /** Those that no user knows: generated now, or by an earlier deployment. */
  readonly generated: readonly SecretOptionName[];
  /** The values of users that were not given again. */
  readonly kept: readonly SecretSource[];
  /** What was not given and cannot be kept, because the Secret of the members does not have it. */
  readonly lost: readonly SecretSource[];
}

/**
 * Returns the secrets with the values of the live deployment where none was given: a secret that did not arrive must not
 * replace the licence or the password of running members. Where there is no password or token either, they are generated:
 * those of the image are published.
 * @param live undefined for a new deployment.
 * @param existing all Secrets of the namespace.
 * @param generate returns a text that nobody can guess, without white space, quotes and dollar signs.
 */
export function completeSecrets(
  { name: deployment, secrets: given }: Pick<Deployment, 'name' | 'secrets'>,
  live: StatefulSet | undefined,
  existing: readonly Secret[],
  generate: () => string,
): KeptSecrets {
  const values: Partial<Record<SecretOptionName, string>> = {};
  const generated: SecretOptionName[] = [];
  const kept: SecretSource[] = [];
  const lost: SecretSource[] = [];
  for (const name of optionNames.filter(option => given[option] === undefined)) {
    const { key } = secretOptions[name];
    const ours = generationsOf({ kind: secretKindOf(name), name: deployment }, existing).filter(
      secret => readSecret(secret, key) !== undefined,
    );
    const reference = live && secretReference(live, name);
    const used = ours.find(({ metadata }) => metadata.name === reference?.name);
    if (reference && !used) lost.push({ input: key, secret: reference.name });
    // A deployment that failed early has left Secrets to which no members refer.
    const source = used ?? ours.find(secret => isGenerated(secret, key));
    const value = source ? readSecret(source, key) : name === 'licenseKey' ? undefined : generate();
    if (value === undefined) continue;
    values[name] = value;
    if (!source || isGenerated(source, key)) generated.push(name);
    else kept.push({ input: key, secret: source.metadata.name });
  }
  const registry = given.registryCredentials === undefined && live ? findRegistry(live, existing) : undefined;
  if (registry) kept.push({ input: 'registry-credentials', secret: registry.secret });
  const secrets = { ...given, ...values, ...(registry && { registryCredentials: registry.credentials }) };
  return { secrets: secrets as CompleteSecrets, generated, kept, lost };
}

/** Returns the values to mask. */
export function secretTexts({ registryCredentials, ...texts }: DeploymentSecrets): readonly string[] {
  return [...Object.values(texts), ...(registryCredentials === undefined ? [] : [registryCredentials.password])];
}

/** Returns the names of the Secrets to which the members refer, whether these exist or not. */
export function referredSecrets(live: StatefulSet): readonly string[] {
  return [...optionNames.flatMap(name => secretReference(live, name)?.name ?? []), ...pullSecrets(live)];
}

/** Returns a warning for each kind of secret that was not given, if there are any. */
export function keptWarnings({ kept, lost }: Pick<KeptSecrets, 'kept' | 'lost'>): readonly string[] {
  const list = (sources: readonly SecretSource[]): string =>
    sources.map(({ input, secret }) => `${input} (Secret ${secret})`).join(', ');
  return [
    ...(kept.length === 0
      ? []
      : [
          `The live deployment has secrets that this step was not given: ${list(kept)}. They are kept as they are. A called ` +
            'workflow gets only the secrets that its caller passes, and none of a GitHub environment; to make this an error, ' +
            'name them in require-secrets.',
        ]),
    ...(lost.length === 0
      ? []
      : [
          `The members refer to secrets that cannot be kept: ${list(lost)}. The Secret is gone, has no such key, or was not ` +
            'created by this action. To keep the former values, give them as inputs; otherwise password and token are ' +
            'generated anew, and the licence is that of the image.',
        ]),
  ];
}

const optionNames = Object.keys(secretOptions) as SecretOptionName[];

function findRegistry(
  live: StatefulSet,
  existing: readonly Secret[],
): { readonly secret: string; readonly credentials: DeploymentSecrets['registryCredentials'] } | undefined {
  const used = pullSecrets(live);
  const secret = generationsOf({ kind: 'registry', name: live.metadata.name }, existing).find(({ metadata }) =>
    used.includes(metadata.name),
  );
  const credentials = secret && readRegistryCredentials(secret);
  return credentials && { secret: secret.metadata.name, credentials };
}

function pullSecrets({ spec }: StatefulSet): readonly string[] {
  return asOptionalList(spec.template.spec['imagePullSecrets']).map(({ name }) => text(name));
}
