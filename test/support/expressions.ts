import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { TokenType, type Token } from '@actions/expressions/lexer';

/** A value of an expression, as JSON has it. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** What expressions at one place may refer to. */
export interface Scope {
  /** By name; `env` keeps the case of its names, as on Linux. */
  readonly contexts: Readonly<Record<string, Value>>;
  /** Besides those that are everywhere, such as `fromJSON`. */
  readonly functions?: Readonly<Record<string, () => Value>>;
}

/**
 * Evaluates an expression, without the braces around it, by GitHub's own evaluator. A property that is not there is
 * null; see "Contexts reference" of GitHub.
 * @throws Error when the expression is malformed or names a context or function that the scope does not have
 */
export function evaluate(expression: string, { contexts, functions = {} }: Scope): Value {
  const definitions = Object.entries(functions).map(([name, call]): FunctionDefinition => {
    return { name, minArgs: 0, maxArgs: 0, call: () => toData(call()) };
  });
  const tokens = new Lexer(expression).lex().tokens.map(withAllQuotes);
  const tree = new Parser(tokens, Object.keys(contexts), definitions).parse();
  const byName = new Map(definitions.map(definition => [definition.name.toLowerCase(), definition]));
  return toValue(new Evaluator(tree, contextData(contexts), byName).evaluate());
}

/** The lexer turns only the first doubled quote of a text into one, where GitHub's service turns all ("Literals"). */
function withAllQuotes(token: Token): Token {
  if (token.type !== TokenType.STRING) return token;
  return { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") };
}

/** Whether a value counts as true in a condition ("Literals" in "Evaluate expressions in workflows and actions"). */
export function isTruthy(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '' && !Number.isNaN(value);
}

/**
 * The text of a value: nothing for null.
 * @throws Error for lists and mappings, which are not converted to a text
 */
export function asText(value: Value): string {
  if (typeof value === 'object' && value !== null) throw new Error(`not a text: ${JSON.stringify(value)}`);
  return toData(value).coerceString();
}

/**
 * Evaluates the expressions inside a text.
 * @throws Error as {@link evaluate} and {@link asText} do, and when an expression does not end
 */
export function expand(text: string, scope: Scope): string {
  const [first = '', ...rest] = text.split('${{');
  const pieces = rest.map(piece => {
    // An expression may hold the closing braces itself, in a text between quotes.
    const end = /^(?:[^'}]|'[^']*'|\}(?!\}))*/.exec(piece)?.[0].length ?? 0;
    if (!piece.startsWith('}}', end)) throw new Error(`an expression does not end: ${text}`);
    return asText(evaluate(piece.slice(0, end), scope)) + piece.slice(end + 2);
  });
  return first + pieces.join('');
}

/** Looks names up by their exact letters, where GitHub's dictionary takes `path` for `PATH`. */
class ExactDictionary extends data.Dictionary {
  readonly #values = new Map<string, data.ExpressionData>();

  override add(key: string, value: data.ExpressionData): void {
    super.add(key, value);
    this.#values.set(key, value);
  }

  override get(key: string): data.ExpressionData | undefined {
    return this.#values.get(key);
  }
}

function contextData(contexts: Readonly<Record<string, Value>>): data.Dictionary {
  const all = new data.Dictionary();
  for (const [name, value] of Object.entries(contexts)) {
    all.add(name, name === 'env' ? fill(new ExactDictionary(), value ?? {}) : toData(value));
  }
  return all;
}

function toData(value: Value): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'string') return new data.StringData(value);
  if (isList(value)) return new data.Array(...value.map(toData));
  return fill(new data.Dictionary(), value);
}

function fill(dictionary: data.Dictionary, values: Value): data.Dictionary {
  for (const [key, value] of Object.entries(values ?? {})) dictionary.add(key, toData(value as Value));
  return dictionary;
}

function toValue(result: data.ExpressionData): Value {
  switch (result.kind) {
    case data.Kind.Array:
      return result.values().map(toValue);
    case data.Kind.Dictionary:
      return Object.fromEntries(result.pairs().map(({ key, value }) => [key, toValue(value)]));
    case data.Kind.Boolean:
      return result.value;
    case data.Kind.Number:
      return result.value;
    case data.Kind.String:
      return result.value;
    case data.Kind.Null:
      return null;
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
