import { toOneLine } from '../runtime/text.js';

/**
 * The part of JSON Schema (draft 2020-12) that `schema/report.schema.json` uses; a test compares the keywords, and the
 * results with those of a complete implementation. Formats are annotations, as in the draft.
 */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly additionalProperties?: JsonSchema;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
}

/** A rule that a value breaks, such as `experiments/0/verdict` with `must be one of ...`. */
export interface Violation {
  /** Printable, on one line. */
  readonly at: string;
  readonly rule: string;
}

/**
 * Returns the first `limit` rules that a value breaks; an empty list when it is valid. Properties that the schema does
 * not name are ignored.
 */
export function violationsOf(root: JsonSchema, value: unknown, limit: number): readonly Violation[] {
  const found: Violation[] = [];
  for (const violation of violationsIn(root, value, '', root)) {
    found.push(violation);
    if (found.length >= limit) break;
  }
  return found;
}

function* violationsIn(schema: JsonSchema, value: unknown, at: string, root: JsonSchema): Generator<Violation> {
  const broken = (rule: string): Violation => ({ at: toOneLine(at) || 'the report', rule });
  const words = (values: readonly unknown[]): string => values.map(one => JSON.stringify(one)).join(', ');
  if (schema.$ref !== undefined) yield* violationsIn(resolve(schema.$ref, root), value, at, root);
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some(type => isOfType(value, type))) {
    yield broken(`must be of type ${types.join(' or ')}`);
    return;
  }
  if ('const' in schema && value !== schema.const) yield broken(`must be ${words([schema.const])}`);
  if (schema.enum?.includes(value) === false) yield broken(`must be one of ${words(schema.enum)}`);
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    yield broken(`must match ${schema.pattern}`);
  }
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity)) yield broken(`must be at least ${schema.minimum}`);
    if (value > (schema.maximum ?? Infinity)) yield broken(`must be at most ${schema.maximum}`);
  }
  if (Array.isArray(value)) yield* violationsInList(schema, value, at, root);
  else if (typeof value === 'object' && value !== null) yield* violationsInObject(schema, value, at, root);
  const { if: condition, then } = schema;
  if (condition && then && violationsIn(condition, value, at, root).next().done === true) {
    yield* violationsIn(then, value, at, root);
  }
}

function* violationsInList(
  { items, minItems = 0, maxItems = Infinity }: JsonSchema,
  value: readonly unknown[],
  at: string,
  root: JsonSchema,
): Generator<Violation> {
  if (value.length < minItems || value.length > maxItems) {
    yield { at: toOneLine(at), rule: `must have from ${minItems} to ${maxItems} elements` };
  }
  if (items) for (const [index, item] of value.entries()) yield* violationsIn(items, item, join(at, index), root);
}

function* violationsInObject(
  { required = [], properties = {}, additionalProperties }: JsonSchema,
  value: object,
  at: string,
  root: JsonSchema,
): Generator<Violation> {
  for (const [name, item] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof schema === 'object') yield* violationsIn(schema, item, join(at, name), root);
  }
  for (const name of required) if (!Object.hasOwn(value, name)) yield { at: join(at, name), rule: 'is missing' };
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

/** @throws Error for a reference that is not one to a definition of the same schema. */
function resolve(reference: string, { $defs = {} }: JsonSchema): JsonSchema {
  const found = $defs[reference.replace(/^#\/\$defs\//, '')];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}

function join(at: string, name: string | number): string {
  return at === '' ? String(name) : `${at}/${name}`;
}
