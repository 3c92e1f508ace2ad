import { clipEnd } from '../runtime/text.js';
import { commentLimitBytes } from './comment-body.js';
import { inline, joinWithin, paragraph } from './markdown.js';

/** A resource that a sweep could not delete. */
export interface Leftover {
  /** Such as `cluster rg-shop/aks-shop, which expired at 2026-01-01T00:00:00.000Z`. */
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** The time of a sweep, and the URL of its run. */
export interface SweepPlace {
  readonly lookedAt: string;
  readonly runUrl: string;
}

/** The title of the issue about the leftovers. */
export const leftoversTitle = 'Expired MigratoryData clusters could not be deleted';

const textLimit = 1_000;

/** Returns the text of the issue: each leftover with the reason and what to do. */
export function renderLeftovers(left: readonly Leftover[], { lookedAt, runUrl }: SweepPlace): string {
  const limited = (text: string): string => paragraph(clipEnd(text, textLimit));
  const items = left.map(
    ({ what, why, remedy }) =>
      `- ${inline(clipEnd(what, textLimit))}<br>${limited(why)}<br>**What to do:** ${limited(remedy)}`,
  );
  const count = left.length === 1 ? '1 resource has expired' : `${left.length} resources have expired`;
  const opening = `${count} and could not be deleted. Resources that are not deleted continue to cost money.`;
  const closing = `Found at ${inline(lookedAt)} by [the last sweep](${runUrl}). The next sweep that leaves nothing behind closes this issue.`;
  const limit = commentLimitBytes - Buffer.byteLength(closing);
  const notice = '_The rest of the list is in the report of the sweep._';
  return `${joinWithin([opening, ...items], limit, notice)}\n${closing}\n`;
}

/** Returns the comment that closes the issue. */
export function renderNothingLeft({ lookedAt, runUrl }: SweepPlace): string {
  return `Nothing is left: [the sweep](${runUrl}) at ${inline(lookedAt)} found nothing that it could not delete.\n`;
}
