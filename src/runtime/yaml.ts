import {
  type Document,
  isAlias,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  stringify,
  type Tags,
  visit,
  type YAMLParseError,
} from 'yaml';

/**
 * YAML between this project, kubectl and its users. kubectl reads YAML 1.1 with go-yaml v2 (sigs.k8s.io/yaml), kustomize
 * with go-yaml v3, and other tools read YAML 1.2: in these, `on`, `1_000` and `0400` are different values.
 */

/** A document that others wrote. */
export interface ForeignDocument {
  readonly value: unknown;
  /** The document as it was written. */
  readonly text: string;
}

/**
 * Parses YAML, and so JSON, as kubectl does, and returns its documents without the empty ones. Of duplicate keys, the last
 * one counts; a key beside a merge key overrides it, as in kustomize.
 * @throws Error with the line, the column and the rule for a text that is not YAML, and for a key or number that JSON
 * cannot hold. It contains nothing of the text, unlike the errors of the parser: the text may be a file that nobody wanted
 * to show, such as one with a token.
 */
export function parseForeignYaml(text: string): readonly ForeignDocument[] {
  const lineCounter = new LineCounter();
  const types = { schema: 'yaml-1.1', customTags: kubectlTags, resolveKnownTags: false };
  const options = { lineCounter, prettyErrors: false, logLevel: 'silent', uniqueKeys: false } as const;
  const documents = parseAllDocuments(text, { ...options, ...types });
  return documents.flatMap(document => {
    const problem = problemOf(document);
    if (problem !== undefined) {
      const { line, col } = lineCounter.linePos(problem.offset);
      throw new Error(`line ${line}, column ${col} ${problem.rule}`);
    }
    const value = valueOf(document);
    return value === null ? [] : [{ value, text: text.slice(document.range[0], document.range[2]) }];
  });
}

interface Problem {
  readonly offset: number;
  readonly rule: string;
}

function problemOf(document: Document.Parsed): Problem | undefined {
  const [error] = document.errors;
  if (error !== undefined) {
    // The tags below report what they refuse with this code.
    if (error.code === 'TAG_RESOLVE_FAILED') {
      return { offset: error.pos[0], rule: 'has a value that cannot be read exactly; quote it' };
    }
    return { offset: error.pos[0], rule: syntaxRule(error) };
  }
  let problem: Problem | undefined;
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) ? isText(key.value, key.source) : isAlias(key)) return undefined;
      const offset = (key as { readonly range?: readonly number[] | null }).range?.[0] ?? 0;
      problem = { offset, rule: 'has a key that is neither a text nor a whole number; quote it' };
      return visit.BREAK;
    },
  });
  return problem;
}

/** Returns what is wrong with a text, as a predicate. It contains nothing of the text. */
export function syntaxRule({ code }: Pick<YAMLParseError, 'code'>): string {
  return `is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

/** Returns whether a key can be the name of a field; the symbol is a merge key. */
function isText(value: unknown, source = ''): boolean {
  return typeof value === 'number' ? readInteger(source) !== undefined : value !== null && typeof value !== 'object';
}

function valueOf(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch {
    throw new Error('an alias in it cannot be resolved');
  }
}

/** Replaces the types of YAML 1.1 that go-yaml v2 reads in another way, or as texts: base 60, timestamps, sets. */
function kubectlTags(tags: Tags): Tags {
  const replaced = /:(?:int|float|timestamp|binary|omap|pairs|set)$/;
  const kept = tags.filter(tag => typeof tag !== 'string' && !replaced.test(tag.tag));
  return [...kept, ...numberTags, binaryTag];
}

const numberTags = ['int', 'float'].map((name): ScalarTag => ({
  tag: `tag:yaml.org,2002:${name}`,
  default: true,
  test: /^[-+.\d]/,
  resolve: (text, onError) => {
    const integer = readInteger(text);
    if (integer !== undefined && !Number.isSafeInteger(integer)) onError('too large');
    if (/^[-+]?\.(?:inf|nan)$/i.test(text)) onError('not finite');
    return integer ?? readFraction(text) ?? text;
  },
}));

const binaryTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  resolve: text => Buffer.from(text, 'base64').toString('utf8'),
};

/**
 * Returns an integer as `strconv.ParseInt` of Go reads it with base 0: octal with a leading 0, underscores anywhere.
 * go.yaml.in/yaml/v2, resolve.go
 */
function readInteger(text: string): number | undefined {
  const [, sign, digits = ''] = /^([-+]?)(.*)$/s.exec(text.replaceAll('_', '')) ?? [];
  if (!/^(?:0|[1-9]\d*|0[oO]?[0-7]+|0[xX][\da-fA-F]+|0[bB][01]+)$/.test(digits)) return undefined;
  const value = Number(digits.replace(/^0[oO]?(?=[0-7])/, '0o'));
  return sign === '-' ? 0 - value : value;
}

/** Returns a decimal fraction. After a dot, underscores are allowed between digits only; one that overflows is a text. */
function readFraction(text: string): number | undefined {
  const plain = text.replaceAll(text.startsWith('.') ? /(?<=\d)_(?=\d)/g : '_', '');
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain)) return undefined;
  // JSON has no negative zero.
  const value = Number(plain) + 0;
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Returns YAML that readers of version 1.1 and 1.2 take for the same value: each text that one of them may take for
 * something else is quoted, and characters that one of them may not read are escaped. Lines are not folded.
 */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: [ambiguous], customTags: writtenTags });
}

/** A text that is not a text in at least one reader when it is not quoted; more texts may match than there are. */
const ambiguous: ScalarTag = {
  tag: '!ambiguous',
  default: true,
  // Nothing, merge and value keys, booleans; a fraction or an exponent without digits before it; numbers of base 10 and
  // 60, and times; numbers with a prefix; markers.
  test: new RegExp(
    '^(?:~|<<|=|null|y|yes|n|no|on|off|true|false|[-+]?\\.(?:inf|nan)|' +
      '[-+]?\\._*(?:e[-+]?\\d+)?|[-+]?e[-+]?\\d+|' +
      '(?![_ ])[-+._]*\\d[-+.:\\d_ etz]*|[-+]?_*0_*[xob][\\da-f_]*|---|\\.\\.\\.)?$',
    'i',
  ),
  resolve: text => text,
};

/** Characters that YAML 1.1 does not allow, or takes for a line break: "Printable characters" in yaml.org/spec/1.1. */
const unprintable = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function writtenTags(tags: Tags): Tags {
  return tags.map(tag =>
    typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:str' || tag.collection !== undefined
      ? tag
      : { ...tag, stringify: (item, ...rest) => escaped(String(item.value)) ?? tag.stringify?.(item, ...rest) ?? '' },
  );
}

/**
 * Returns a text in double quotes if it needs escapes, or has a line of spaces only: in a block, readers differ in how many
 * of these belong to the text. Undefined for another one.
 */
function escaped(text: string): string | undefined {
  if (text.search(unprintable) < 0 && !/^ +$/m.test(text)) return undefined;
  return JSON.stringify(text).replaceAll(unprintable, character => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
