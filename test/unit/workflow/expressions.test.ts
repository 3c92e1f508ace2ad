import { describe, expect, it } from '@jest/globals';
import { asText, evaluate, expand, isTruthy, type Value } from '../../support/expressions.js';

const contexts = {
  github: { actor: 'octocat', event: { labels: [{ name: 'a' }, { name: 'b' }] } },
  env: { Path: 'exact' },
  inputs: { count: 3, flag: false, none: null },
  matrix: null,
};

describe('an expression', () => {
  it.each<[string, Value]>([
    ["github.actor == 'OCTOCAT' && 'same' || 'other'", 'same'],
    ['github.nothing.below', null],
    ['matrix.leg', null],
    ["GITHUB['ACTOR']", 'octocat'],
    ['env.Path', 'exact'],
    ['env.path', null],
    ["join(github.event.labels.*.name, '+')", 'a+b'],
    ['inputs.count > 2', true],
    ['inputs.flag || inputs.none', null],
    ['fromJSON(\'[1,{"a":[true]}]\')[1]', { a: [true] }],
    ["format('it''s {0}, isn''t it? {{1}}', inputs.count)", "it's 3, isn't it? {1}"],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, { contexts })).toEqual(value);
  });

  it('may refer to nothing but what there is', () => {
    expect(() => evaluate('secrets.key', { contexts })).toThrow("Unrecognized named-value: 'secrets'");
    expect(() => evaluate('success()', { contexts })).toThrow("Unrecognized function: 'success'");
    expect(evaluate('Success()', { contexts, functions: { success: () => true } })).toBe(true);
  });
});

it('values become texts as GitHub shows them', () => {
  expect([null, true, 0, -1.5, 'a'].map(asText)).toEqual(['', 'true', '0', '-1.5', 'a']);
  expect(() => asText({})).toThrow('not a text');
});

it('a condition holds for all but the falsy values', () => {
  expect([true, 1, 'false', {}, []].map(isTruthy)).toEqual([true, true, true, true, true]);
  expect([false, 0, '', null, NaN].map(isTruthy)).toEqual([false, false, false, false, false]);
});

it('a text may hold several expressions, with braces in their own texts', () => {
  expect(expand("${{ github.actor }}: ${{ format('{0}', '}}') }} ${X} }}", { contexts })).toBe('octocat: }} ${X} }}');
  expect(() => expand('${{ github.actor', { contexts })).toThrow('an expression does not end');
});
