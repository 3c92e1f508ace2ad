import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseForeignYaml, writeYaml } from '../../../src/runtime/yaml.js';

/** Characters that mean something in YAML, or that its versions see in different ways. */
const awkward = Array.from(' \n\t:#-?.,[]{}&*!|>%@`\'"\\0178_oxeEyYnN~=<\u0085\u2028a');

const read = (text: string): unknown => parseForeignYaml(text)[0]?.value;

describe('YAML of others', () => {
  it.each<[string, unknown]>([
    ...['y', 'Yes', 'on', 'TRUE'].map((text): [string, unknown] => [text, true]),
    ...['n', 'No', 'OFF', 'false'].map((text): [string, unknown] => [text, false]),
    ['~', null],
    ['0400', 256],
    ['0o400', 256],
    ['-0o17', -15],
    ['0800', 800],
    ['1_000', 1000],
    ['+_1', 1],
    ['0x_1F', 31],
    ['0b101', 5],
    ['-0', 0],
    ['1_0.5e1', 105],
    ['.5', 0.5],
    ['.5_0', 0.5],
    ['1.', 1],
    ...[
      '.5__0',
      '0o',
      '0x',
      '1:30',
      '190:20:30',
      '2026-01-02',
      '2026-01-02T03:04:05Z',
      '1e999',
      '_1',
      'yEs',
      'tRue',
    ].map((text): [string, unknown] => [text, text]),
    ['"0400"', '0400'],
    ["'on'", 'on'],
    ['!!str on', 'on'],
    ['!!int "5"', 5],
    ['!!float 5', 5],
    ['!!binary aGk=', 'hi'],
    ['!!timestamp 2026-01-02', '2026-01-02'],
    ['!other 5', '5'],
  ])('has the values of kubectl: %s', (text, value) => {
    expect(read(`a: ${text}`)).toEqual({ a: value });
  });

  it('has texts as keys, of which the last one counts', () => {
    expect(read('{on: 1, 1_000: 2, 0x10: 3, on: 4}')).toEqual({ true: 4, 1000: 2, 16: 3 });
    expect(read('base: &b {x: 1, y: 2}\nhere: {x: 3, <<: *b}')).toMatchObject({ here: { x: 3, true: 2 } });
  });

  it.each([
    ['a: 1\nb: 9007199254740993', 'line 2, column 4 has a value that cannot be read exactly; quote it'],
    ['a: .inf', 'line 1, column 4 has a value that cannot be read exactly; quote it'],
    ['a:\n  1.5: x', 'line 2, column 3 has a key that is neither a text nor a whole number; quote it'],
    ['~: x', 'line 1, column 1 has a key that is neither a text nor a whole number; quote it'],
    ['[a]: x', 'line 1, column 1 has a key that is neither a text nor a whole number; quote it'],
    ['a: [', 'line 1, column 5 is not valid YAML (bad indent)'],
  ])('is refused where JSON cannot hold it, or it is none: %j', (text, message) => {
    expect(() => parseForeignYaml(text)).toThrow(message);
  });

  it('consists of documents, each with its text', () => {
    const documents = parseForeignYaml('# first\r\na: 0400\r\n---\r\n# none\r\n---\r\nb: on # second\r\n...\r\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 256 }, { b: true }]);
    expect(documents.map(({ text }) => text.includes('0400'))).toEqual([true, false]);
    expect(documents[1]?.text).toContain('b: on # second');
  });
});

describe('YAML of this project', () => {
  it.each([
    'on',
    'N',
    '1_000',
    '0400',
    '0o17',
    '-0o17',
    '0X1F',
    '1:30',
    '2026-01-02',
    '~',
    '<<',
    '=',
    '.NaN',
    '.',
    '-._',
    '.e5',
    'E-5',
    '',
    '---',
  ])('quotes %j', text => {
    expect(writeYaml({ [text]: [text] })).toMatch(/^(["']).*\1:\n {2}- (["']).*\2\n$/);
  });

  it.each(['migratorydata-0', '500m', '256Mi', '10.0.0.0/8', 'v1', '-DMemory=128MB -DA=b', 'apps/v1'])(
    'leaves %j as it is',
    text => {
      expect(writeYaml({ a: text })).toBe(`a: ${text}\n`);
    },
  );

  it.each([' \n', 'x\n \ny\n'])('keeps a line of spaces only in quotes: %j', text => {
    expect(writeYaml({ text })).toBe(`text: ${JSON.stringify(text)}\n`);
  });

  it('escapes what YAML 1.1 takes for a line break or does not allow', () => {
    expect(writeYaml({ a: 'b\u0085c\u2028d\ufeff\u007fe\tf\u{1f600}' })).toBe(
      String.raw`a: "b\u0085c\u2028d\ufeff\u007fe\tf😀"` + '\n',
    );
  });

  it('means the same in YAML 1.1 and 1.2, to kubectl and to a second writing', () => {
    const key = fc.string({ unit: 'binary' }).filter(text => text !== '__proto__');
    const values = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom(...awkward) }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(values, value => {
        const text = writeYaml({ value });
        const expected = JSON.parse(JSON.stringify({ value })) as unknown;
        expect(parse(text, { version: '1.1' })).toEqual(expected);
        expect(parse(text, { version: '1.2' })).toEqual(expected);
        expect(read(text)).toEqual(expected);
        expect(writeYaml(read(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
