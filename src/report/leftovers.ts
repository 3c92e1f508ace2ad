import { clipEnd } from '../runtime/text.js';
import { commentLimitBytes } from './comment-body.js';
import { inline, joinWithin, paragraph, withoutMentions } from './markdown.js';

/** What a sweep could not delete. */
export interface Leftover {
  /** Such as `cluster rg-shop/aks-shop, which expired at 2026-01-01T00:00:00.000Z`. */
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** When a sweep looked, and where its run is to be seen. */
export interface SweepPlace {
  readonly lookedAt: string;
  readonly runUrl: string;
}

/** The title of the issue about what is left. */
export const leftoversTitle = 'Expired MigratoryData clusters could not be deleted';

const textLimit = 1_000;

/** The issue about what is left: each thing with the reason and what to do. */
export function renderLeftovers(left: readonly Leftover[], { lookedAt, runUrl }: SweepPlace): string {
  const limited = (text: string): string => paragraph(clipEnd(text, textLimit));
  const items = left.map(
    ({ what, why, remedy }) =>
      `- ${inline(clipEnd(what, textLimit))}<br>${limited(why)}<br>**What to do:** ${limited(remedy)}`,
  );
  const count = left.length === 1 ? 'One thing has expired' : `${left.length} things have expired`;
  const opening = `${count} and could not be deleted. What is left goes on costing money.`;
  const closing = `Seen at ${inline(lookedAt)} by [the last sweep](${runUrl}). A sweep that leaves nothing behind closes this issue.`;
  const limit = commentLimitBytes - Buffer.byteLength(closing);
  const notice = '_The rest of the list is in the report of the sweep._';
  return `${joinWithin([opening, ...items.map(withoutMentions)], limit, notice)}\n${closing}\n`;
}

/** The comment that closes the issue. */
export function renderNothingLeft({ lookedAt, runUrl }: SweepPlace): string {
  return `Nothing is left: [the sweep](${runUrl}) at ${inline(lookedAt)} met nothing that it could not delete.\n`;
}
