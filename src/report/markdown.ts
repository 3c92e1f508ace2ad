import { toOneLine, toPlainText } from '../runtime/text.js';

/**
 * Builders for the Markdown of GitHub job summaries. Text from outside is written with character references for every
 * character that Markdown or HTML reads as structure, so that it cannot leave the cell, list item or block it is in.
 */

/** Text on one line, for cells, list items and headings. */
export function inline(text: string): string {
  return escapeStructure(toOneLine(text));
}

/** Text that keeps its line breaks, for paragraphs; words in backticks are shown as code. */
export function paragraph(text: string): string {
  const lines = toPlainText(text).trim().split('\n');
  return lines.map(line => inline(line).replace(/&#96;(.+?)&#96;/g, '<code>$1</code>')).join('<br>');
}

/** A name or value in fixed width. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${inline(text)}</code>`;
}

/** Cells are ready Markdown; an empty table is nothing at all. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [headings, headings.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** Items are ready Markdown; an empty list is nothing at all. */
export function list(items: readonly string[]): string {
  return items.map(item => `- ${item}`).join('\n');
}

/** A block that opens at a click. `<pre>` ends only at its own end tag, whatever lines it holds. */
export function collapsedText(title: string, text: string): string {
  const body = escapeStructure(toPlainText(text).trimEnd());
  return `<details><summary>${inline(title)}</summary>\n\n<pre>\n${body}\n</pre>\n\n</details>`;
}

/** Ready Markdown that opens at a click. */
export function collapsed(title: string, markdown: string): string {
  return `<details><summary>${inline(title)}</summary>\n\n${markdown}\n\n</details>`;
}

/** A heading with what stands under it; nothing when there is nothing to stand under it. */
export function section(heading: string, ...blocks: readonly string[]): string {
  const body = blocks.filter(block => block !== '');
  return body.length === 0 ? '' : [`### ${heading}`, ...body].join('\n\n');
}

/**
 * Joins whole blocks as long as they fit into `limitBytes` of UTF-8; the first ones matter most. A block is taken or
 * left as a whole, so nothing is cut open. What was left out is replaced by `notice`.
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
 * Ready Markdown that notifies nobody and refers to nothing: in comments and issues GitHub turns `@name`, `#1` and
 * `GH-1` into mentions and references ("Basic writing and formatting syntax" and "Autolinked references and URLs" in its
 * documentation), also where they are written with character references. It does so neither in `<code>` nor where a
 * space without width stands between.
 */
export function withoutMentions(markdown: string): string {
  return markdown
    .split(/(<code>.*?<\/code>)/s)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(mention, '$&&#8203;')))
    .join('');
}

/** What begins a mention or a reference; `#` comes as its character reference, since headings alone have a plain one. */
const mention = /(?<![A-Za-z0-9])@|&#35;(?=\d)|\bGH(?=-\d)/gi;

function escapeStructure(text: string): string {
  return text.replace(/[&<>|`*_~#$[\]\\]/g, character => `&#${character.charCodeAt(0)};`);
}
