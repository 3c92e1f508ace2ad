import type { Post } from './post.js';

/**
 * The hidden first line by which a post of ours is found again. It is made of the words that tell it from other posts;
 * they are encoded, so that none of them can end the line or the comment in HTML.
 */
export function markerOf(words: string): string {
  return `<!-- migratorydata-aks: ${words.split('/').map(encodeURIComponent).join('/')} -->`;
}

/**
 * Whether a post is ours: it begins with the marker, and no outsider wrote it. Everybody may comment on a public
 * repository, and whoever wrote a post may change it afterwards, so the marker alone proves nothing.
 */
export function isOurs({ body, trusted }: Post, marker: string): boolean {
  return trusted && body.trimStart().startsWith(marker);
}
