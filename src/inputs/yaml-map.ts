import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { syntaxRule } from '../runtime/yaml.js';
import { listSeparators, mapSeparators } from './input-defaults.js';
import { accept, type Parsed, refuse } from './parsers.js';

/** A text in YAML, of which JSON is a part, with the positions of what is in it. */
export interface YamlText {
  /** The map at the top; undefined if the text is not a map. */
  readonly root: YAMLMap | undefined;
  /** The errors of the text. They contain nothing of it: it may hold a secret in the wrong place. */
  readonly faults: readonly { readonly at: string; readonly rule: string }[];
  /** Returns where a node begins, as `line:column`. */
  at(node: unknown): string;
}

/** Parses a text; keys that are given twice are left to the caller. Throws nothing. */
export function readYaml(text: string): YamlText {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const placeOf = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${line}:${col}`;
  };
  const faults = document.errors.map(error => ({ at: placeOf(error.pos[0]), rule: syntaxRule(error) }));
  return {
    root: isMap(document.contents) ? document.contents : undefined,
    faults,
    at: node => placeOf((node as Partial<Node> | null)?.range?.[0] ?? 0),
  };
}

/** A key of a map and its value, both as nodes. */
export interface YamlEntry {
  /** Empty if the key is not a plain word. */
  readonly name: string;
  readonly key: unknown;
  readonly value: unknown;
}

/** Returns the entries of a map, in order. */
export function entriesOf(map: YAMLMap): readonly YamlEntry[] {
  return map.items.map(({ key, value }) => ({ name: plainText(key) ?? '', key, value }));
}

/** Returns whether a value is not given: nothing, or null. */
export function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null && node.tag === undefined);
}

/**
 * Returns the value of an input as the text that the input takes; undefined for nothing and null. Numbers and booleans
 * keep the form in which they are written: `1.30` is a version, not 1.3.
 */
export function inputText(input: string, node: unknown): Parsed<string | undefined> {
  if (isNothing(node)) return accept(undefined);
  const fault = findAnnotation(node);
  if (fault !== undefined) return fault;
  const text = plainText(node);
  if (text !== undefined) return accept(text);
  if (isSeq(node)) return listText(listSeparators[input], node.items);
  if (isMap(node)) return mapText(mapSeparators[input], node);
  return refuse('must be a value', 'write a text, a number or a boolean');
}

function listText(separator: string | undefined, items: readonly unknown[]): Parsed<string> {
  if (separator === undefined) return refuse('must be one value and not a list', 'write a single value');
  return joinTexts(
    items.map(item => ({ item, text: plainText(item) ?? '' })),
    separator,
  );
}

function mapText(separator: string | undefined, map: YAMLMap): Parsed<string> {
  if (separator === undefined) return refuse('must be one value and not a map', 'write a single value');
  const entries = entriesOf(map).map(({ name, value }) => ({ item: value, name, text: plainText(value) }));
  if (entries.some(({ name }) => name === '' || /[=\s]/.test(name))) {
    return refuse('must have plain words as keys', 'write each entry as key: value');
  }
  return joinTexts(
    entries.map(({ item, name, text }) => ({ item, text: text === undefined ? '' : `${name}=${text}` })),
    separator,
  );
}

function joinTexts(
  parts: readonly { readonly item: unknown; readonly text: string }[],
  separator: string,
): Parsed<string> {
  const fault = parts.map(({ item }) => findAnnotation(item)).find(found => found !== undefined);
  if (fault !== undefined) return fault;
  if (parts.some(({ text }) => text === '')) return refuse('must have a text in each element', 'write each as a text');
  if (parts.some(({ text }) => text.includes(separator) || text.includes('\n'))) {
    return refuse(`must not have ${JSON.stringify(separator)} in an element`, 'make it elements of its own');
  }
  return accept(parts.map(({ text }) => text).join(separator));
}

/** An alias could make a small text a large one, and a tag could make a value another one. */
function findAnnotation(node: unknown): ReturnType<typeof refuse> | undefined {
  if (isAlias(node)) return refuse('must not be an alias', 'write the value itself');
  const { tag } = (node ?? {}) as Partial<Node>;
  return tag === undefined ? undefined : refuse('must not have a tag', 'remove the tag');
}

/** Returns the text of a scalar as it is written; undefined for anything else. */
function plainText(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
