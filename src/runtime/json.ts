/**
 * Readers for JSON from external sources, such as the output of az: they accept any value, and return a neutral value if
 * something is missing.
 */

export type Json = Readonly<Record<string, unknown>>;

/** Returns the fields of an object; empty for any other value. */
export function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/**
 * Returns the objects of a list. @throws TypeError for any other value: a lost response must not look like an empty
 * one.
 */
export function asList(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return value.map(asRecord);
}

/** Returns the objects of a list that Azure may omit. */
export function asOptionalList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Returns a number, also if az prints it as text. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : 0;
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

export function textMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asRecord(value)).map(([key, item]) => [key, text(item)]));
}

/** Returns a text field that Azure never omits. @throws TypeError naming the field. */
export function required(json: Json, field: string): string {
  const value = text(json[field]);
  if (value === '') throw new TypeError(`the field ${field} is missing`);
  return value;
}
