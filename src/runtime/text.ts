/**
 * Text from outside (logs, events, messages of programs) made printable, for the log and the reports. What counts as white
 * space, separator, control or format character follows Unicode, so that no reader finds one that another does not know:
 * JavaScript, the .NET of the runner, a terminal, a browser. Pure.
 */

/** Escape sequences that terminals read, as ECMA-48 defines them: CSI (colours, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Everything that Unicode calls the end of a line and that text uses for it. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;

/**
 * What has no shape of its own: direction marks, joiners, spaces without width, byte order marks, variation selectors.
 * They change how the rest looks, and comparisons in .NET skip most of them.
 */
const shapeless = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Controls, and what is no character at all; with the `u` flag a lone half of a surrogate pair matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Printable text in lines: without colours and format characters, with line feeds and plain spaces (and tabs) only, and
 * with every other control character written as `\xNN`.
 */
export function toPlainText(text: string): string {
  return text
    .replace(terminalSequences, '')
    .replace(shapeless, '')
    .replace(lineBreaks, '\n')
    .replace(/\p{Zs}/gu, ' ')
    .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

/** Printable text on one line. */
export function toOneLine(text: string): string {
  return toPlainText(text).replace(/\s+/g, ' ').trim();
}

/** The first `limit` characters at most, marked where cut; a surrogate pair stays whole. */
export function clipEnd(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}

/** The last `limit` characters at most, from the start of a line where there is one, marked where cut. */
export function clipStart(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
  const lineStart = tail.indexOf('\n') + 1;
  return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}

/** The end of a name, which tells nodes of one pool apart, in `limit` characters at most. */
export function clipName(name: string, limit: number): string {
  return name.length <= limit ? name : `…${name.slice(1 - limit)}`;
}

const mark = '[...]';
