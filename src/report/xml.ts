/** Builders for well-formed XML: elements, attributes and text. */
import { toPlainText } from '../runtime/text.js';

/** Returns an element; `content` is XML. Undefined attributes are omitted. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  if (content.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>${content.join('')}</${name}>`;
}

/** Returns text as character data. */
export function xmlText(text: string): string {
  // `>` is escaped because text must not contain `]]>`.
  return toPlainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function escapeAttribute(text: string): string {
  // A parser replaces unescaped white space in attributes with spaces.
  return xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
