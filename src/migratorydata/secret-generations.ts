import type { Secret } from '../kubernetes/types.js';
import { isOurs, metadataOf } from './object-names.js';

/** The Secrets of a deployment, by what they hold. Each kind has generations of its own. */
const kinds = {
  /** License key and entitlement token. */
  server: { prefix: 'migratorydata-secrets', type: 'Opaque' },
  /** Apart from the others: a change of the password needs all members to restart at once, of the others it does not. */
  clusterPassword: { prefix: 'migratorydata-cluster-password', type: 'Opaque' },
  /** For pulling the image. */
  registry: { prefix: 'migratorydata-registry', type: 'kubernetes.io/dockerconfigjson' },
} as const;

export type SecretKind = keyof typeof kinds;

/** What is rendered; `data` is always there. */
export interface SecretManifest extends Secret {
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

export interface NextSecret {
  readonly name: string;
  /** What must be created first; undefined when the Secret exists. */
  readonly manifest?: SecretManifest;
}

/** The name of one generation; they are counted from 1. */
export function secretName(kind: SecretKind, generation: number): string {
  return `${kinds[kind].prefix}-${generation}`;
}

/** The Secrets of one kind that this project made, the latest generation first. */
export function generationsOf<S extends Secret>(kind: SecretKind, existing: readonly S[]): readonly S[] {
  return existing
    .filter(secret => isOurs(secret) && generationOf(kind, secret) > 0)
    .sort((a, b) => generationOf(kind, b) - generationOf(kind, a));
}

/**
 * The Secret that holds the wanted values. Pods read a Secret only when they start, so one that changed would reach
 * some members and not others; an immutable one with a new name reaches each member with the rest of its template, and
 * with the former template the former values come back. Values that are in some generation already keep its name, so
 * that nothing restarts.
 * @param values texts by key, not encoded.
 */
export function nextSecret(
  namespace: string,
  kind: SecretKind,
  existing: readonly Secret[],
  values: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): NextSecret {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)]));
  const same = generationsOf(kind, existing).find(
    secret => secret.type === kinds[kind].type && haveSameData(secret.data ?? {}, data),
  );
  if (same) return { name: same.metadata.name };
  // Whoever made a Secret of such a name: a name that is taken cannot be created again.
  const latest = Math.max(0, ...existing.map(secret => generationOf(kind, secret)));
  const name = secretName(kind, latest + 1);
  const metadata = { ...metadataOf(name, namespace), ...(Object.keys(annotations).length > 0 && { annotations }) };
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

/** The text that a Secret has under a key; undefined when it has none. */
export function readSecret({ data }: Pick<Secret, 'data'>, key: string): string | undefined {
  const encoded = data?.[key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** The generation that the name of a Secret tells; 0 when it is none of this kind. */
function generationOf(kind: SecretKind, { metadata }: Secret): number {
  const { prefix } = kinds[kind];
  const rest = metadata.name.startsWith(`${prefix}-`) ? metadata.name.slice(prefix.length + 1) : '';
  return /^[1-9]\d*$/.test(rest) ? Number(rest) : 0;
}

function haveSameData(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
}
