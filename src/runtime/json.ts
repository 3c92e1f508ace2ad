/** Small readers for what az prints: they take any shape, and give a neutral value where something is missing. */

export type Json = Readonly<Record<string, unknown>>;

/** An object's fields; nothing else has any. */
export function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The objects of a list. @throws TypeError when it is no list, since a lost answer must not look like an empty one. */
export function asList(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return value.map(asRecord);
}

/** The objects of a list that Azure may leave out. */
export function asOptionalList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number, also where az prints it as text. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : 0;
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

export function textMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asRecord(value)).map(([key, item]) => [key, text(item)]));
}

/** A name that Azure cannot have left out. @throws TypeError naming the field. */
export function required(json: Json, field: string): string {
  const value = text(json[field]);
  if (value === '') throw new TypeError(`the field ${field} is missing`);
  return value;
}
