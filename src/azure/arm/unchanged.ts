import { hasCode } from '../../errors/action-error.js';

/** How often a resource may change between its reading and its writing, unless the caller knows how many write it. */
const defaultTries = 3;

/**
 * Writes a resource only if it is unchanged since it was read; reads and decides again when it has changed. `write` gets
 * the etag for the condition. If Azure refuses the etag that it returned and returns the same one again, nobody has
 * changed the resource, and `write` gets an empty etag: some versions of az send it in quotes, which a service may not
 * accept (`build_etag_kwargs` of azure-cli).
 * @throws what `read` and `write` throw; `azure-precondition` when the resource keeps changing.
 */
export async function whileUnchanged<R extends { readonly etag: string } | undefined, T>(
  read: () => Promise<R>,
  write: (found: R, etag: string) => Promise<T>,
  tries = defaultTries,
): Promise<T> {
  let refused = '';
  for (let count = 1; ; count += 1) {
    const found = await read();
    const etag = found?.etag ?? '';
    try {
      return await write(found, etag === refused ? '' : etag);
    } catch (error) {
      if (!hasCode(error, 'azure-precondition') || count === tries) throw error;
      refused = etag;
    }
  }
}
