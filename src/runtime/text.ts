/**
 * Makes text from outside (logs, events, program output) printable for the log and the reports. White space,
 * separators, control characters and format characters are those of Unicode, so that all readers agree on them:
 * JavaScript, the .NET code of the runner, terminals and browsers. Pure.
 */

/** Terminal escape sequences as defined in ECMA-48: CSI (colors, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** All line breaks of Unicode that occur in text. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;

/**
 * Invisible characters: direction marks, joiners, zero-width spaces, byte order marks, variation selectors. They change
 * how the rest is displayed, and comparisons in .NET ignore most of them.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Control characters and noncharacters; with the `u` flag, an unpaired surrogate also matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Returns printable text: no colors or format characters, only line feeds, plain spaces and tabs as white space, and
 * every other control character as `\xNN`.
 */
export function toPlainText(text: string): string {
  return text
    .replace(terminalSequences, '')
    .replace(invisible, '')
    .replace(lineBreaks, '\n')
    .replace(/\p{Zs}/gu, ' ')
    .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

/** Returns printable text on one line. */
export function toOneLine(text: string): string {
  return toPlainText(text).replace(/\s+/g, ' ').trim();
}

/** Returns the text without periods and white space at its end, so that it can be part of a sentence. */
export function withoutPeriod(text: string): string {
  return text.replace(/[\s.]*$/, '');
}

/** Returns at most the first `limit` characters, with a mark where the text was cut; never splits a surrogate pair. */
export function clipEnd(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}

/**
 * Returns at most the last `limit` characters, from the start of a line if possible, with a mark where the text was
 * cut.
 */
export function clipStart(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
  const lineStart = tail.indexOf('\n') + 1;
  return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}

/** Returns at most `limit` characters from the end of a name: the end distinguishes nodes of one pool. */
export function clipName(name: string, limit: number): string {
  return name.length <= limit ? name : `…${name.slice(1 - limit)}`;
}

const mark = '[...]';
