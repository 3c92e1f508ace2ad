import { type IdentifierKind, isIdentifier } from '../../runtime/identifiers.js';

/** Returns a sentence for each problem of a value in a field; an empty list when the value is valid. */
export type Form = (value: unknown, field: string) => readonly string[];

/** Far more items than an experiment writes. */
const longestList = 1_000;
const longestShown = 100;

function expected(what: string, value: unknown, field: string): readonly string[] {
  const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, longestShown);
  return [`${field === '' ? 'the record' : field} is ${found}, not ${what}`];
}

export function exactly(wanted: number): Form {
  return (value, field) => (value === wanted ? [] : expected(String(wanted), value, field));
}

export function either(words: readonly string[]): Form {
  return (value, field) =>
    typeof value === 'string' && words.includes(value) ? [] : expected(`one of ${words.join(', ')}`, value, field);
}

export function matching(pattern: RegExp, what: string): Form {
  return (value, field) => (typeof value === 'string' && pattern.test(value) ? [] : expected(what, value, field));
}

export function named(kind: IdentifierKind): Form {
  return (value, field) =>
    typeof value === 'string' && isIdentifier(kind, value) ? [] : expected(`a valid ${kind}`, value, field);
}

export function wholeNumber(least: number, most: number): Form {
  return (value, field) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? []
      : expected(`a whole number from ${least} to ${most}`, value, field);
}

export function listOf(form: Form): Form {
  return (value, field) =>
    Array.isArray(value) && value.length <= longestList
      ? value.flatMap((item: unknown, index) => form(item, `${field}[${index}]`))
      : expected(`a list of at most ${longestList}`, value, field);
}

/** An object with exactly these fields; those in `optional` may be absent. */
export function fields(forms: Readonly<Record<string, Form>>, optional: readonly string[] = []): Form {
  return (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return expected('an object', value, field);
    const inside = (name: string): string => (field === '' ? name : `${field}.${name}`);
    const given = new Map(Object.entries(value));
    const unknown = [...given.keys()].filter(name => !Object.hasOwn(forms, name));
    return [
      ...unknown.map(name => `${JSON.stringify(inside(name).slice(0, longestShown))} is not a field of a record`),
      ...Object.entries(forms).flatMap(([name, form]) =>
        !given.has(name) && optional.includes(name) ? [] : form(given.get(name), inside(name)),
      ),
    ];
  };
}
