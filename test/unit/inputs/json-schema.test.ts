import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { type JsonSchema, violationsOf } from '../../../src/inputs/json-schema.js';
import { renderJson } from '../../../src/report/json-report.js';
import { fullReport } from '../report/samples.js';

const schema = JSON.parse(readFileSync('schema/report.schema.json', 'utf8')) as JsonSchema;
const report = JSON.parse(renderJson(fullReport())) as unknown;
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

/** The values of a report, each with the steps that lead to it. */
function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

function hasPath(value: unknown, [key, ...path]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  return hasPath((value as Readonly<Record<string, unknown>>)[key], path);
}

/** Returns a copy in which the value at a path is another one; undefined removes it. */
function withValue(value: unknown, [key, ...path]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  const next = withValue(copy[key], path, other);
  if (next === undefined && !Array.isArray(copy))
    return Object.fromEntries(Object.entries(copy).filter(([name]) => name !== key));
  copy[key] = next ?? null;
  return copy;
}

/** The keywords of a schema, without the names of properties and definitions. */
function keywordsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keywordsIn);
  return Object.entries(value).flatMap(([key, item]) => [
    key,
    ...(['properties', '$defs'].includes(key) ? Object.values(item as object).flatMap(keywordsIn) : keywordsIn(item)),
  ]);
}

describe('violationsOf', () => {
  it('knows every keyword of the schema of reports', () => {
    const annotations = ['$schema', '$id', 'title', 'description', 'format'];
    const known = [
      '$ref',
      '$defs',
      'type',
      'const',
      'enum',
      'pattern',
      'minimum',
      'maximum',
      'minItems',
      'maxItems',
      'items',
      'required',
      'properties',
      'additionalProperties',
      'if',
      'then',
    ];
    expect([...new Set(keywordsIn(schema))].filter(word => ![...annotations, ...known].includes(word))).toEqual([]);
  });

  it('finds nothing wrong with a report', () => {
    expect(violationsOf(schema, report, 9)).toEqual([]);
  });

  it('finds all that is wrong, each with its place', () => {
    const wrong = withValue(withValue(report, ['experiments', '0', 'verdict'], 'won'), ['ms'], -1);
    expect(violationsOf(schema, withValue(wrong, ['phases', '0', 'title'], undefined), 9)).toEqual([
      { at: 'ms', rule: 'must be at least 0' },
      { at: 'phases/0/title', rule: 'is missing' },
      { at: 'experiments/0/verdict', rule: 'must be one of "pass", "fail", "aborted", "inconclusive", "skipped"' },
    ]);
    expect(violationsOf(schema, null, 9)).toEqual([{ at: 'the report', rule: 'must be of type object' }]);
  });

  it('stops at the limit, however much is wrong', () => {
    expect(violationsOf(schema, {}, 2)).toHaveLength(2);
  });

  it('agrees with a complete implementation about any report with one or two other values', () => {
    const change = fc.tuple(
      fc.constantFrom(...pathsIn(report)),
      fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 })),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), changes => {
        const changed = changes.reduce<unknown>(
          (value, [path, other]) => (hasPath(value, path) ? withValue(value, path, other) : value),
          report,
        );
        expect(violationsOf(schema, changed, 9).length === 0).toBe(isValid(changed));
      }),
      { numRuns: 500 },
    );
  });
});
