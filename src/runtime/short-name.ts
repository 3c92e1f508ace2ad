import { sha256 } from './sha256.js';

/**
 * Returns a name of at most `limit` characters for a text: as much of `name` as fits, and a hash of the whole text, so
 * that different texts have different names.
 */
export function withHash(name: string, text: string, limit: number): string {
  const hash = sha256(text).slice(0, 12);
  return `${name.slice(0, limit - hash.length - 1)}-${hash}`;
}

/** Returns a name, shortened if it has more than `limit` characters. */
export function shorten(name: string, limit: number): string {
  return name.length <= limit ? name : withHash(name, name, limit);
}
