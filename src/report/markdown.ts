import { toOneLine, toPlainText } from '../runtime/text.js';

/**
 * Builders for the Markdown of GitHub job summaries. In external text, each character that is Markdown or HTML syntax
 * becomes a character reference, so that the text cannot leave its cell, list item or block.
 */

/** Returns text on one line, for cells, list items and headings. */
export function inline(text: string): string {
  return escapeStructure(toOneLine(text));
}

/** Returns text with its line breaks, for paragraphs; words in backticks become code. */
export function paragraph(text: string): string {
  const lines = toPlainText(text).trim().split('\n');
  return lines.map(line => inline(line).replace(/&#96;(.+?)&#96;/g, '<code>$1</code>')).join('<br>');
}

/** Returns a name or value as code; empty for an empty text. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${inline(text)}</code>`;
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
 * Returns Markdown without mentions and references. In comments and issues GitHub turns `@name`, `#1` and `GH-1` into
 * mentions and references ("Basic writing and formatting syntax" and "Autolinked references and URLs" in its
 * documentation), even when they are written with character references, but not in `<code>` or with a zero-width space.
 */
export function withoutMentions(markdown: string): string {
  return markdown
    .split(/(<code>.*?<\/code>)/s)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(mention, '$&&#8203;')))
    .join('');
}

/** The start of a mention or a reference. `#` is a character reference here, because only headings have a plain one. */
const mention = /(?<![A-Za-z0-9])@|&#35;(?=\d)|\bGH(?=-\d)/gi;

function escapeStructure(text: string): string {
  return text.replace(/[&<>|`*_~#$[\]\\]/g, character => `&#${character.charCodeAt(0)};`);
}
