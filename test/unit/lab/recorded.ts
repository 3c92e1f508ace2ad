import { readFileSync } from 'node:fs';
import type { Reply } from '../../support/stand-in-client.js';

/** A response of Azure, as recorded or published. */
interface RecordedAnswer {
  readonly status: number;
  readonly headers?: readonly string[];
  readonly absentHeaders?: readonly string[];
  readonly headerMatches?: Readonly<Record<string, string>>;
  /** Every field of it must be in the response, with the same case and JSON type. */
  readonly body?: unknown;
  /** Paths that the response must not have. */
  readonly absent?: readonly string[];
  /** Paths whose values must be the same. */
  readonly exact?: readonly string[];
  /** Paths whose texts must match. */
  readonly matches?: Readonly<Record<string, string>>;
}

interface Recording {
  readonly answers: Readonly<Record<string, RecordedAnswer>>;
  readonly [more: string]: unknown;
}

/** Reads a recording; tests run in the root of the project. */
export function recording(name: string): Recording {
  return JSON.parse(readFileSync(`test/fixtures/azure/${name}.json`, 'utf8')) as Recording;
}

/** Returns how a response differs from the recorded one; empty when it does not. */
export function differences(reply: Reply, { answers }: Recording, name: string): readonly string[] {
  const recorded = answers[name];
  if (!recorded) throw new TypeError(`there is no recorded answer '${name}'`);
  const { headers = [], absentHeaders = [], headerMatches = {}, absent = [], exact = [], matches = {} } = recorded;
  const header = (key: string): string => String(reply.headers[key] ?? '');
  return [
    ...(reply.status === recorded.status
      ? []
      : [`status ${reply.status} instead of ${recorded.status}: ${reply.text}`]),
    ...headers.filter(key => !(key in reply.headers)).map(key => `no header ${key}`),
    ...absentHeaders.filter(key => key in reply.headers).map(key => `header ${key}`),
    ...Object.entries(headerMatches)
      .filter(([key, pattern]) => !new RegExp(pattern).test(header(key)))
      .map(([key]) => `header ${key} is ${header(key)}`),
    ...(recorded.body === undefined ? [] : shapeDifferences(reply.body, recorded.body)),
    ...absent.filter(path => valueAt(reply.body, path) !== undefined).map(path => `${path} is present`),
    ...exact
      .filter(path => valueAt(reply.body, path) !== valueAt(recorded.body, path))
      .map(path => `${path} is ${String(valueAt(reply.body, path))}`),
    ...Object.entries(matches)
      .filter(([path, pattern]) => !new RegExp(pattern).test(String(valueAt(reply.body, path))))
      .map(([path]) => `${path} is ${String(valueAt(reply.body, path))}`),
  ];
}

/** Returns the fields of `recorded` that `actual` lacks or has with another JSON type. */
export function shapeDifferences(actual: unknown, recorded: unknown, path = ''): readonly string[] {
  if (kindOf(actual) !== kindOf(recorded)) return [`${path} is ${kindOf(actual)} instead of ${kindOf(recorded)}`];
  if (Array.isArray(recorded)) {
    const first: unknown = (actual as unknown[])[0];
    return recorded.length === 0 ? [] : shapeDifferences(first, recorded[0], `${path}.0`);
  }
  if (kindOf(recorded) !== 'object') return [];
  return Object.entries(recorded as object).flatMap(([key, value]) =>
    shapeDifferences((actual as Record<string, unknown>)[key], value, path === '' ? key : `${path}.${key}`),
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Returns the value at a path such as `value.0.name`. */
export function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);
}
