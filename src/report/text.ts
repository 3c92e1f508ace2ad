/** Text from outside (logs, events, messages of programs) made fit for a report. Pure. */

/** Escape sequences that terminals read, as ECMA-48 defines them: CSI (colours, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** What XML 1.0 cannot hold and what a reader cannot see; with the `u` flag a lone half of a surrogate pair matches. */
const invisible = /[^\t\n\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Overrides of the writing direction, which make a line look different from what it is. */
const directionMarks = /[\u202a-\u202e\u2066-\u2069]/g;

/** Plain text: without colours, with line feeds only, and with every other control character written as `\xNN`. */
export function toPlainText(text: string): string {
  return text
    .replace(terminalSequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(directionMarks, '')
    .replace(invisible, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Plain text on one line. */
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
