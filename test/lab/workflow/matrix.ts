import { evaluate, isTruthy, type Scope, type Value } from '../../support/expressions.js';
import { fieldOf, flagOf, numberOf, valueOf, type TemplateToken } from './tokens.js';

type Vector = Readonly<Record<string, Value>>;

/** How often a job runs, and how. */
export interface Strategy {
  readonly failFast: boolean;
  readonly maxParallel: number;
  /** The `matrix` context of each leg; a single null when the job has no matrix. */
  readonly legs: readonly (Vector | null)[];
}

/**
 * Evaluates the strategy of a job: the product of its vectors, without the excluded ones, with the included ones
 * ("Workflow syntax", `jobs.<job_id>.strategy.matrix`). The order is GitHub's.
 * @throws Error in GitHub's words when the matrix or one of its vectors is empty
 */
export function readStrategy(token: TemplateToken | undefined, scope: Scope): Strategy {
  const matrixToken = fieldOf(token, 'matrix');
  const legs = matrixToken === undefined ? [null] : expandMatrix(valueOf(matrixToken, scope));
  return {
    failFast: flagOf(fieldOf(token, 'fail-fast'), scope, true),
    maxParallel: numberOf(fieldOf(token, 'max-parallel'), scope) ?? legs.length,
    legs,
  };
}

/** The `strategy` context of a leg ("Contexts reference"). */
export function strategyContext({ failFast, maxParallel, legs }: Strategy, index: number): Value {
  return { 'fail-fast': failFast, 'job-index': index, 'job-total': legs.length, 'max-parallel': maxParallel };
}

function expandMatrix(matrix: Value): readonly Vector[] {
  if (!isVector(matrix)) throw new Error(`Unexpected value '${JSON.stringify(matrix)}' for a matrix`);
  const { include = [], exclude = [], ...vectors } = matrix;
  const included = listOf(include, 'include').filter(isVector);
  const excluded = listOf(exclude, 'exclude').filter(isVector);
  const product = Object.entries(vectors).reduce<readonly Vector[]>(
    (soFar, [name, values]) => {
      const list = listOf(values, name);
      if (list.length === 0) throw new Error(`Matrix vector '${name}' does not contain any values`);
      return soFar.flatMap(vector => list.map(value => ({ ...vector, [name]: value })));
    },
    [{}],
  );
  const crossed = Object.keys(vectors).length === 0 ? [] : product;
  const kept = crossed.filter(vector => !excluded.some(filter => matches(vector, filter)));
  const matched = new Set<Vector>();
  const extended = kept.map(vector =>
    included.reduce<Vector>((soFar, extra) => {
      const pairs = Object.entries(extra);
      if (!matches(vector, Object.fromEntries(pairs.filter(([name]) => name in vectors)))) return soFar;
      matched.add(extra);
      return { ...soFar, ...Object.fromEntries(pairs.filter(([name]) => !(name in vectors))) };
    }, vector),
  );
  const legs = [...extended, ...included.filter(extra => !matched.has(extra))];
  if (legs.length === 0) throw new Error('Matrix must define at least one vector');
  return legs;
}

/** Compares as expressions do, so that `1` and `'1'` are equal. */
function matches(value: Value, filter: Value): boolean {
  if (typeof filter !== 'object' || filter === null) {
    return isTruthy(evaluate('value == filter', { contexts: { value, filter } }));
  }
  if (typeof value !== 'object' || value === null) return false;
  const values = value as Readonly<Record<string, Value>>;
  return Object.entries(filter).every(([name, part]) => matches(values[name] ?? null, part));
}

function listOf(value: Value, name: string): readonly Value[] {
  if (!Array.isArray(value)) throw new Error(`Unexpected value '${JSON.stringify(value)}' for ${name} of a matrix`);
  return value as readonly Value[];
}

function isVector(value: Value): value is Vector {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
