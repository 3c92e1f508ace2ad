import type { StatefulSet } from '../kubernetes/api/types.js';
import { sha256 } from '../runtime/sha256.js';
import { annotationKey } from './object-names.js';

const stampKey = annotationKey('template');

/**
 * Sets a digest of the pod template on a StatefulSet. The live template contains defaults of the server and fields of
 * other clients; the digest identifies what was rendered. It includes the names of Secrets, which change with their
 * values. It must be set again after patches.
 */
export function stampTemplate<T extends StatefulSet>(statefulSet: T): T {
  const digest = sha256(canonical(statefulSet.spec.template)).slice(0, 16);
  const { metadata } = statefulSet;
  return { ...statefulSet, metadata: { ...metadata, annotations: { ...metadata.annotations, [stampKey]: digest } } };
}

/** Returns the digest of a StatefulSet; undefined when this project did not render it. */
export function templateStamp({ metadata }: Pick<StatefulSet, 'metadata'>): string | undefined {
  return metadata.annotations?.[stampKey];
}

/** Returns a StatefulSet without its digest, for a comparison of what has an effect. */
export function withoutStamp<T extends StatefulSet>({
  metadata,
  ...statefulSet
}: T): Pick<T, 'metadata'> & typeof statefulSet {
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== stampKey),
  );
  return { ...statefulSet, metadata: { ...metadata, annotations } };
}

/** Returns JSON with sorted keys: kustomize may return them in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
