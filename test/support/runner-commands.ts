/** How GitHub's runner finds commands in what a step prints: a port of ActionCommand.cs of actions/runner. */

/** The commands that it knows; names count in any case. */
const known = [
  ...['add-matcher', 'add-mask', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'notice', 'remove-matcher'],
  ...['save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
];

/** The commands that the runner obeys, in order: it reads line by line, and the older form where the newer is not found. */
export function obeyedCommands(output: string): readonly string[] {
  return output.split(/\r\n|\r|\n/).flatMap(line => parseV2(line) ?? parseV1(line) ?? []);
}

/** `::name properties::data`, after what .NET takes for white space. */
function parseV2(line: string): string | undefined {
  const trimmed = withoutIgnorable(line.replace(/^[\p{Zs}\p{Zl}\p{Zp}\t-\r\u0085\u00a0]+/u, ''));
  const end = trimmed.indexOf('::', 2);
  return trimmed.startsWith('::') && end >= 0 ? knownName(trimmed.slice(2, end)) : undefined;
}

/** `##[name properties]data`, anywhere in the line. */
function parseV1(line: string): string | undefined {
  const compared = withoutIgnorable(line);
  const start = compared.indexOf('##[');
  const end = compared.indexOf(']', start);
  return start >= 0 && end >= 0 ? knownName(compared.slice(start + 3, end)) : undefined;
}

function knownName(info: string): string | undefined {
  const name = (info.split(' ')[0] ?? '').toLowerCase();
  return known.includes(name) ? name : undefined;
}

/** StartsWith and IndexOf of .NET compare by the rules of a language, for which these characters are not there. */
function withoutIgnorable(text: string): string {
  return text.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/gu, '');
}
