import { obeyedCommands } from '../../support/runner-commands.js';
import { parseXml, type XmlElement } from '../report/well-formed.js';

/**
 * What reads an output, and what it would make of it. A reader compares the output with the output for a plain word, and
 * returns what differs beside the words; nothing for a harmless text.
 */
export type Reader = (given: string, plain: string) => readonly string[];

/** Control, format and separator characters and other halves of characters, apart from line feeds and tabs. */
const unprintable = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;

/** Text on any number of lines. */
export const printable: Reader = given => [
  ...(unprintable.test(given) ? [`unprintable: ${JSON.stringify(unprintable.exec(given)?.[0])}`] : []),
];

/** Text on one line. */
export const oneLine: Reader = given => [...printable(given, ''), ...(/[\n\t]/.test(given) ? ['a line break'] : [])];

/** What a step prints: the runner obeys the commands of the step itself only, and no line is added. */
export const runnerLog: Reader = (given, plain) => [
  ...printable(given, plain),
  ...differences('commands', obeyedCommands(given), obeyedCommands(plain)),
  ...differences('lines', given.split('\n').length, plain.split('\n').length),
];

/** A hidden line of a comment: an HTML comment, and nothing else. */
export const hiddenLine: Reader = given => [
  ...oneLine(given, ''),
  ...(/^<!-- [^<>]* -->$/.test(given) ? [] : [`not hidden: ${given}`]),
];

/** XML, and pictures. */
export const xml: Reader = (given, plain) => {
  try {
    return [...printable(given, plain), ...differences('elements', shapeOf(given), shapeOfPlain(plain))];
  } catch (error) {
    return [`not well-formed: ${String(error)}`];
  }
};

/** What the plain output of a row is read as, which does not change from text to text. */
const plainShapes = new Map<string, unknown>();

function shapeOfPlain(plain: string): unknown {
  if (!plainShapes.has(plain)) plainShapes.set(plain, shapeOf(plain));
  return plainShapes.get(plain);
}

function shapeOf(text: string): unknown {
  return shape(parseXml(text));
}

/** The names of elements and attributes. */
function shape({ name, attributes, children }: XmlElement): unknown {
  return [name, Object.keys(attributes), children.map(shape)];
}

/** Markdown on GitHub. */
export const markdown: Reader = (given, plain) => [
  ...printable(decoded(given).replaceAll('\u200b', ''), plain),
  ...(given.includes('\u200b') ? ['a plain zero-width space'] : []),
  ...differences('structure', structure(given), structure(plain)),
  ...differences('diagrams', diagrams(given), diagrams(plain)),
  ...differences('links', links(given), links(plain)),
];

function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, decimal: string) => String.fromCodePoint(Number(decimal)));
}

const block = /<pre>\n[^<]*\n<\/pre>/g;

/** The characters of each line that mean something, and how it begins. Line breaks in text and code in text are no structure. */
function structure(text: string): readonly string[] {
  const lines = text
    .replace(block, '[pre]')
    .replace(diagram, '')
    .replace(/<br>|<\/?code>/g, '');
  return lines.split('\n').map(line => {
    const [start = ''] = /^ *(?:#+ |[-+*](?: |$)|\d+[.)](?: |$)|>|=+$|-+$|\t)|^ {4}/.exec(line) ?? [];
    return `${start}${line.replace(/&#\d+;/g, '').replace(/[^|*_`~<>[\]\\$]/g, '')}`;
  });
}

const diagram = /^```mermaid\n[^`]*\n```$/gm;

/** The syntax of each line of a diagram: all but words. */
function diagrams(text: string): readonly string[] {
  return [...text.matchAll(diagram)].flatMap(([chart]) =>
    chart
      .split('\n')
      .map(line => line.replace(/(?<=^ +(?:title|section)?).*?(?= :|$)/, words => words.replace(/[\w …./-]+/g, ''))),
  );
}

/** The links that GitHub would make, apart from our own. */
function links(text: string): readonly string[] {
  const rest = text
    .replace(block, '')
    .replace(diagram, '')
    .replace(/\]\([^)]*\)/g, ']');
  const codes = [...rest.matchAll(/<code>(.*?)<\/code>/gs)].map(([, inside = '']) => inside);
  const outside = decoded(rest.replace(/<code>.*?<\/code>/gs, ' code '));
  return [
    ...outside.matchAll(/:\/\/|\bwww\.|@[\w-]+\.\w|(?<![A-Za-z0-9])@[A-Za-z0-9]|#\d|\bGH-\d/gi),
    ...outside.matchAll(/(?<![\w-])(?=\d*[a-f])[0-9a-f]{7,40}(?![\w-])|@[0-9a-f]{7,40}\b/gi),
    ...codes.flatMap(inside => [...inside.matchAll(/:\/\/|\bwww\./gi), ...decoded(inside).matchAll(/@[\w-]+\.\w/g)]),
  ].map(([link]) => link);
}

function differences(what: string, given: unknown, plain: unknown): readonly string[] {
  const [is, should] = [given, plain].map(value => JSON.stringify(value));
  return is === should ? [] : [`${what}: ${is} instead of ${should}`];
}
