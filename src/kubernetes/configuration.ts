import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from './api/types.js';

/**
 * Returns whether two versions of an object differ in its configuration: in labels, annotations, or anything outside of
 * `metadata` and `status`, which the API server and the controllers set.
 */
export function isConfigurationChanged(before: KubernetesObject, after: KubernetesObject): boolean {
  return !isDeepStrictEqual(configurationOf(before), configurationOf(after));
}

function configurationOf({ metadata, ...fields }: KubernetesObject): object {
  const { labels = {}, annotations = {} } = metadata;
  return { ...fields, status: undefined, labels, annotations };
}
