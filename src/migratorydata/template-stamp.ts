import { createHash } from 'node:crypto';
import type { StatefulSet } from '../kubernetes/types.js';
import { annotationKey } from './object-names.js';

const stampKey = annotationKey('template');

/**
 * Puts a digest of the pod template on a StatefulSet. What is live has defaults of the server and fields of others in
 * it; the digest says what was rendered. Secrets are in it by the names of their objects only, which change with their
 * values. After patches it must be put on again.
 */
export function stampTemplate<T extends StatefulSet>(statefulSet: T): T {
  const digest = createHash('sha256').update(canonical(statefulSet.spec.template)).digest('hex').slice(0, 16);
  const { metadata } = statefulSet;
  return { ...statefulSet, metadata: { ...metadata, annotations: { ...metadata.annotations, [stampKey]: digest } } };
}

/** The digest that a StatefulSet carries; undefined when it was not rendered here. */
export function templateStamp({ metadata }: Pick<StatefulSet, 'metadata'>): string | undefined {
  return metadata.annotations?.[stampKey];
}

/** JSON with the keys of every object in order: what kustomize returns may have them in another. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
