/** An element of a parsed document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const token = /<\?xml[^?]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/**
 * Parses the XML of reports: elements, attributes in double quotes, character references. Rejects everything that a
 * real parser rejects. @throws Error with the position.
 */
export function parseXml(text: string): XmlElement {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new Error('character not allowed');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`not well-formed at ${text.slice(at, at + 60)}`);
    const [, closing, name = '', attributes = '', empty, data] = match;
    const current = open.at(-1);
    if (!current) throw new Error(`nothing is open at ${text.slice(at, at + 60)}`);
    if (data !== undefined) current.text += decode(data);
    else if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    } else if (name !== '') {
      const child: Open = { name, attributes: readAttributes(attributes), children: [], text: '' };
      current.children.push(child);
      if (empty !== '/') open.push(child);
    }
  }
  const [only] = root.children;
  if (open.length !== 1 || !only || root.children.length !== 1) throw new Error('one closed root element expected');
  return only;
}

interface Open extends XmlElement {
  text: string;
  readonly children: Open[];
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.-]+)="([^"]*)"/g)].map(
    ([, key = '', value = '']) => [key, decode(value)] as const,
  );
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error('attribute given twice');
  return Object.fromEntries(pairs);
}

const references: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decode(text: string): string {
  if (text.includes(']]>')) throw new Error('"]]>" in text');
  return text.replace(/&([^;]*;)?/g, (whole, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? '';
    const number = /^#(\d+)$/.exec(name)?.[1];
    const character = number === undefined ? references[name] : String.fromCodePoint(Number(number));
    if (character === undefined) throw new Error(`unknown reference ${whole}`);
    return character;
  });
}
