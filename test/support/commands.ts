/** Workflow commands in the output of a step, as the runner reads them. */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
}

export interface ReadOutput {
  readonly annotations: readonly Annotation[];
  /** What `::add-mask::` named. */
  readonly masks: readonly string[];
  /** The log as a person sees it: without commands, masked texts as `***`. */
  readonly log: string;
}

const command = /^::([a-z-]+)((?: [^:]*)?)::(.*)$/;

/** Reads what a step printed. */
export function readOutput(stdout: string): ReadOutput {
  const annotations: Annotation[] = [];
  const masks: string[] = [];
  const lines: string[] = [];
  for (const line of stdout.split(/\r?\n/)) {
    const [, name = '', properties = '', data = ''] = command.exec(line) ?? [];
    if (name === 'error' || name === 'warning' || name === 'notice') {
      const title = /(?:^|[ ,])title=([^,]*)/.exec(properties)?.[1];
      const message = unescape(data);
      annotations.push({ level: name, message, ...(title === undefined ? {} : { title: unescape(title) }) });
      lines.push(`${name}: ${message}`);
    } else if (name === 'add-mask') masks.push(unescape(data));
    else if (name === 'group') lines.push(`# ${unescape(data)}`);
    else if (name === '') lines.push(line);
  }
  return { annotations, masks, log: hide(lines.join('\n'), masks) };
}

function hide(text: string, masks: readonly string[]): string {
  return [...masks]
    .filter(mask => mask !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { 25: '%', '0D': '\r', '0A': '\n', '3A': ':', '2C': ',' };
  return text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) => characters[code] ?? '');
}

/** Reads a file of names and values (GITHUB_OUTPUT, GITHUB_STATE): `name=value`, or a heredoc for any text. */
export function readValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, heredocName, delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (heredocName !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`the value of ${heredocName} does not end`);
      values[heredocName] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else if (line !== '') {
      const equals = line.indexOf('=');
      if (equals < 1) throw new Error(`not a name and a value: ${line}`);
      values[line.slice(0, equals)] = line.slice(equals + 1);
    }
  }
  return values;
}
