import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
} from '@actions/workflow-parser/templates/tokens/type-guards';
import { asText, evaluate, type Scope, type Value } from '../../support/expressions.js';

export type { MappingToken, TemplateToken };

/** Texts by name, such as variables or inputs. */
export type Texts = Readonly<Record<string, string>>;

/** Returns the properties of a mapping, in their order; empty when there is no mapping. */
export function propertiesOf(token: TemplateToken | undefined): readonly (readonly [string, TemplateToken])[] {
  if (token === undefined || !isMapping(token)) return [];
  return [...token].map(({ key, value }) => [key.assertString('a key').value, value] as const);
}

/** Returns a property of a mapping by its path; undefined when it does not exist. */
export function fieldOf(token: TemplateToken | undefined, ...path: readonly string[]): TemplateToken | undefined {
  return path.reduce<TemplateToken | undefined>(
    (at, name) => (at !== undefined && isMapping(at) ? at.find(name) : undefined),
    token,
  );
}

/** Returns the text of a field without an expression; undefined when it does not exist. */
export function literalOf(token: TemplateToken | undefined): string | undefined {
  return token === undefined || !isString(token) ? undefined : token.value;
}

/**
 * Returns the value of a part of a file, with all its expressions evaluated.
 * @throws Error as {@link evaluate} does
 */
export function valueOf(token: TemplateToken, scope: Scope): Value {
  if (isBasicExpression(token)) return evaluate(token.expression, scope);
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  if (isSequence(token)) return [...token].map(item => valueOf(item, scope));
  if (isMapping(token)) {
    return Object.fromEntries(propertiesOf(token).map(([name, value]) => [name, valueOf(value, scope)]));
  }
  return null;
}

/** Returns the value of a part of a file as a text, empty when it does not exist. @throws Error when it has none */
export function textOf(token: TemplateToken | undefined, scope: Scope): string {
  return token === undefined ? '' : asText(valueOf(token, scope));
}

/** Returns a mapping of texts, such as `env` or `with`, which may be one expression. @throws Error as {@link textOf} */
export function textsOf(token: TemplateToken | undefined, scope: Scope): Record<string, string> {
  const value = token === undefined ? {} : valueOf(token, scope);
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, asText(each as Value)]));
}

/** @throws Error when the value is not a boolean, as GitHub refuses it */
export function flagOf(token: TemplateToken | undefined, scope: Scope, otherwise: boolean): boolean {
  const value = token === undefined ? otherwise : valueOf(token, scope);
  if (typeof value !== 'boolean') throw new Error(`Unexpected value '${JSON.stringify(value)}'`);
  return value;
}

/**
 * Returns a number; undefined when it does not exist.
 * @throws Error when the value is not a number, as GitHub refuses it
 */
export function numberOf(token: TemplateToken | undefined, scope: Scope): number | undefined {
  const value = token === undefined ? undefined : valueOf(token, scope);
  if (value !== undefined && typeof value !== 'number') throw new Error(`Unexpected value '${JSON.stringify(value)}'`);
  return value;
}
