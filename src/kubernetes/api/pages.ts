import type { KubernetesApi } from './api.js';
import type { Kind, Kinds } from './kinds.js';
import type { Selection } from './paths.js';

/** A page of nodes has less than 1 MB: a node with all its images has up to 20 kB. */
const pageSize = 50;

/**
 * Lists objects page by page, so that neither memory nor time grow with what is not looked at: see "Retrieving large
 * results sets in chunks" in the Kubernetes documentation.
 */
export async function* listPages<K extends Kind>(
  api: KubernetesApi,
  kind: K,
  selection: Selection,
  why: string,
): AsyncGenerator<readonly Kinds[K][]> {
  let next: string | undefined;
  do {
    const { items, metadata } = await api.list(kind, { ...selection, limit: pageSize, continueFrom: next }, why);
    yield items;
    next = metadata.continue;
  } while (next !== undefined && next !== '');
}
