import type { Secret } from '../kubernetes/api/types.js';
import { type DeploymentKey, deploymentNames, isOurs, metadataOf } from './object-names.js';

/** The Secrets of a deployment by their contents. Each kind has separate generations. */
const kinds = {
  /** License key and entitlement token. */
  server: { base: 'secrets', type: 'Opaque' },
  /** Separate from the others: only a change of the password requires all members to restart at the same time. */
  clusterPassword: { base: 'clusterPassword', type: 'Opaque' },
  /** Credentials for image pulls. */
  registry: { base: 'registry', type: 'kubernetes.io/dockerconfigjson' },
} as const;

export type SecretKind = keyof typeof kinds;

/** A rendered Secret, which always has `data`. */
export interface SecretManifest extends Secret {
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

/** A Secret to find or to create. */
interface WantedSecret {
  readonly deployment: DeploymentKey;
  readonly kind: SecretKind;
  /** Texts by key, not encoded. */
  readonly values: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface NextSecret {
  readonly name: string;
  /** The Secret to create; undefined when it exists. */
  readonly manifest?: SecretManifest;
}

/** The Secrets of one kind of a deployment. */
export interface SecretSeries {
  readonly kind: SecretKind;
  /** The name of the deployment. */
  readonly name: string;
}

/** Returns the name of a generation; they are counted from 1. */
export function secretName(series: SecretSeries, generation: number): string {
  return `${prefixOf(series)}${generation}`;
}

/** Returns whether a name is that of a Secret of a deployment, of any generation. */
export function isSecretName(text: string, name: string): boolean {
  return Object.keys(kinds).some(kind => generationIn(text, { kind: kind as SecretKind, name }) > 0);
}

/** Returns the Secrets of one kind that this project created, the latest generation first. */
export function generationsOf<S extends Secret>(series: SecretSeries, existing: readonly S[]): readonly S[] {
  const generationOf = ({ metadata }: S): number => generationIn(metadata.name, series);
  return existing
    .filter(secret => isOurs(secret) && generationOf(secret) > 0)
    .sort((a, b) => generationOf(b) - generationOf(a));
}

/**
 * Returns the Secret with these values. Pods read a Secret only when they start, so a changed Secret would reach some
 * members and not others. An immutable Secret with a new name is updated together with the template, and a rollback of
 * the template restores the former values. Values that already exist in a generation keep its name, so that nothing
 * restarts.
 * @param referred names that pods may refer to. A Secret of such a name that is gone must not return with other values:
 * some members would have the former ones.
 */
export function nextSecret(
  { deployment, kind, values, annotations }: WantedSecret,
  existing: readonly Secret[],
  referred: readonly string[],
): NextSecret {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)]));
  const series = { kind, name: deployment.name };
  const same = generationsOf(series, existing).find(
    secret => secret.type === kinds[kind].type && haveSameData(secret.data ?? {}, data),
  );
  if (same) return { name: same.metadata.name };
  // Includes Secrets that others created: a name in use cannot be created again.
  const taken = [...existing.map(({ metadata }) => metadata.name), ...referred];
  const name = secretName(series, Math.max(0, ...taken.map(other => generationIn(other, series))) + 1);
  const metadata = { ...metadataOf(name, deployment), ...(Object.keys(annotations).length > 0 && { annotations }) };
  const manifest: SecretManifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: kinds[kind].type,
    immutable: true,
    data,
  };
  return { name, manifest };
}

/** Returns the text of a key in a Secret; undefined when the key is missing. */
export function readSecret({ data }: Pick<Secret, 'data'>, key: string): string | undefined {
  const encoded = data?.[key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function prefixOf({ kind, name }: SecretSeries): string {
  return `${deploymentNames(name)[kinds[kind].base]}-`;
}

/** Returns the generation in the name of a Secret; 0 when it is none of these. */
function generationIn(text: string, series: SecretSeries): number {
  const prefix = prefixOf(series);
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  return /^[1-9]\d*$/.test(rest) ? Number(rest) : 0;
}

function haveSameData(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
}
