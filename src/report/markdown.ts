import { clipEnd, toOneLine, toPlainText } from '../runtime/text.js';

/**
 * Builders for the Markdown of job summaries, comments and issues on GitHub. In external text, each character that is
 * Markdown or HTML syntax becomes a character reference, so that the text cannot leave its cell, list item or block, and
 * GitHub makes no link of it.
 */

/** Returns text on one line, for cells, list items and headings. */
export function inline(text: string): string {
  return escapeStructure(withoutLinks(toOneLine(text)));
}

/** Returns at most 500 characters of a text on one line. */
export function limited(text: string): string {
  return inline(clipEnd(text, 500));
}

/** Returns text with its line breaks, for paragraphs; words in backticks become code. */
export function paragraph(text: string): string {
  const lines = toPlainText(text).trim().split('\n');
  return lines.map(line => inline(line).replace(/&#96;(.+?)&#96;/g, '<code>$1</code>')).join('<br>');
}

/** Returns a name or value as code, from which it can be copied; empty for an empty text. */
export function code(text: string): string {
  const escaped = escapeStructure(toOneLine(text).replace(mailStart, '$&\u200b'));
  return text === '' ? '' : `<code>${escaped.replace(addressStart, toReference)}</code>`;
}

/** Returns a table. Cells are Markdown; the result is empty without rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [headings, headings.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** Returns a list. Items are Markdown; the result is empty without items. */
export function list(items: readonly string[]): string {
  return items.map(item => `- ${item}`).join('\n');
}

/** Returns a collapsed block of plain text. Only its end tag ends a `<pre>`, whatever lines it contains. */
export function collapsedText(title: string, text: string): string {
  const body = escapeStructure(toPlainText(text).trimEnd());
  return `<details><summary>${inline(title)}</summary>\n\n<pre>\n${body}\n</pre>\n\n</details>`;
}

/** Returns a collapsed block of Markdown. */
export function collapsed(title: string, markdown: string): string {
  return `<details><summary>${inline(title)}</summary>\n\n${markdown}\n\n</details>`;
}

/** Returns a heading with blocks of Markdown; empty when all blocks are empty. */
export function section(heading: string, ...blocks: readonly string[]): string {
  const body = blocks.filter(block => block !== '');
  return body.length === 0 ? '' : [`### ${heading}`, ...body].join('\n\n');
}

/**
 * Joins blocks that fit into `limitBytes` of UTF-8, and prefers the first ones. Blocks are never truncated, only
 * omitted; then `notice` is added at the end.
 */
export function joinWithin(blocks: readonly string[], limitBytes: number, notice: string): string {
  const separator = '\n\n';
  const kept: string[] = [];
  const all = blocks.filter(block => block !== '');
  let leftBytes = limitBytes - Buffer.byteLength(notice) - 2 * separator.length;
  for (const block of all) {
    const bytes = Buffer.byteLength(block) + separator.length;
    if (bytes > leftBytes) continue;
    leftBytes -= bytes;
    kept.push(block);
  }
  return `${[...kept, ...(kept.length < all.length ? [notice] : [])].join(separator)}\n`;
}

/**
 * The places where GitHub would begin a link: addresses (`://`, `www.`, mail), mentions, references to issues and
 * commits ("Autolinked references and URLs" in its documentation; "Autolinks" in the specification of its Markdown). A
 * link to an issue or a pull request also appears there, in whatever repository.
 */
const linkStarts = new RegExp(
  [
    ':(?=//)',
    '\\bwww(?=\\.)',
    // Not in `image@sha256:...`, which people copy.
    '(?<![A-Za-z0-9])@',
    '@(?=[\\w-]+\\.\\w|[0-9a-f]{7,40}\\b)',
    '#(?=\\d)',
    '\\bGH(?=-\\d)',
    // The parts of a commit id are too short for one. Numbers and the parts of a UID stay whole.
    '(?<=(?<![\\w-])(?=[0-9a-f]*[a-f])(?:[0-9a-f]{6})*)[0-9a-f]{6}(?=[0-9a-f]+(?![\\w-]))',
  ].join('|'),
  'gi',
);

/**
 * Adds a zero-width space to each start of a link. A character reference would not do: GitHub looks for links in the
 * rendered text as well. Only in `<code>` it does not, mail addresses apart; text from there can be copied.
 */
function withoutLinks(text: string): string {
  return text.replace(linkStarts, '$&\u200b');
}

const addressStart = /:(?=\/\/)|\bw(?=ww\.)/gi;
const mailStart = /@(?=[\w-]+\.\w)/g;

const structure = /[&<>|`*_~#$[\]\\\u200b]|^[-+](?=\s|$)|^-(?=-)|^=|(?<=^\d+)[.)](?=\s|$)/g;

function escapeStructure(text: string): string {
  return text.replace(structure, toReference);
}

function toReference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
