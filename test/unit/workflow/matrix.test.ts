import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readStrategy } from '../../lab/workflow/matrix.js';
import { readTemplateText } from '../../lab/workflow/template.js';
import { fieldOf } from '../../lab/workflow/tokens.js';
import type { Value } from '../../support/expressions.js';
import { jobOf, jobs, makeBench, resultsOf, stepOf, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** The legs of a matrix that is written as it would be in a file. */
function legsOf(matrix: string, contexts: Readonly<Record<string, Value>> = {}): readonly Value[] {
  const text = jobs(`job:\n  runs-on: x\n  strategy: { matrix: ${matrix} }\n  steps: [{ run: x }]\n`);
  const { root } = readTemplateText('workflow', 'x.yml', text);
  return readStrategy(fieldOf(root, 'jobs', 'job', 'strategy'), { contexts }).legs;
}

describe('a matrix', () => {
  it('is the product of its vectors, in their order', () => {
    expect(legsOf('{ arch: [x64, x86], os: [linux, windows] }')).toEqual([
      { arch: 'x64', os: 'linux' },
      { arch: 'x64', os: 'windows' },
      { arch: 'x86', os: 'linux' },
      { arch: 'x86', os: 'windows' },
    ]);
  });

  it('leaves out what is excluded, also by a part', () => {
    expect(legsOf('{ arch: [x64, x86], os: [linux, windows], exclude: [{ arch: x86 }] }')).toEqual([
      { arch: 'x64', os: 'linux' },
      { arch: 'x64', os: 'windows' },
    ]);
  });

  // The example under "Expanding or adding matrix configurations" of GitHub's documentation.
  it('takes in what is included: to all, to some, to none that is there', () => {
    const include = `[{ color: green }, { color: pink, animal: cat }, { fruit: apple, shape: circle },
      { fruit: banana }, { fruit: banana, animal: cat }]`;
    expect(legsOf(`{ fruit: [apple, pear], animal: [cat, dog], include: ${include} }`)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  it('may be only what is included, and may come from another job', () => {
    const plan = { needs: { plan: { outputs: { legs: '[{"region":"eastus","nodes":3},{"region":"westus"}]' } } } };
    const legs = [{ region: 'eastus', nodes: 3 }, { region: 'westus' }];
    expect(legsOf('{ include: "${{ fromJSON(needs.plan.outputs.legs) }}" }', plan)).toEqual(legs);
    expect(legsOf('"${{ fromJSON(needs.plan.outputs.matrix) }}"', matrixOf({ include: legs }))).toEqual(legs);
  });

  it('is refused when it is empty', () => {
    expect(() => legsOf('"${{ fromJSON(needs.plan.outputs.matrix) }}"', matrixOf({ include: [] }))).toThrow(
      'Matrix must define at least one vector',
    );
    expect(() => legsOf('"${{ fromJSON(needs.plan.outputs.matrix) }}"', matrixOf({ a: [] }))).toThrow(
      "Matrix vector 'a' does not contain any values",
    );
  });
});

function matrixOf(matrix: Value): Readonly<Record<string, Value>> {
  return { needs: { plan: { outputs: { matrix: JSON.stringify(matrix) } } } };
}

describe('the legs of a job', () => {
  it('know their values and their place', async () => {
    const result = await bench.run(
      jobs(`legs:
  name: Leg \${{ matrix.leg }}
  runs-on: \${{ fromJSON(matrix.runner) }}
  strategy: { max-parallel: 1, matrix: { leg: [a, b], runner: ['["self-hosted","big"]'] } }
  outputs: { last: "\${{ matrix.leg }}", a: "\${{ matrix.leg == 'a' && 'yes' || '' }}" }
  steps:
    - run: echo "\${{ matrix.leg }} \${{ strategy.job-index }} of \${{ strategy.job-total }}"
`),
    );
    const { legs, outputs } = jobOf(result, 'legs');
    expect(legs.map(({ name, runsOn }) => [name, runsOn])).toEqual([
      ['Leg a', ['self-hosted', 'big']],
      ['Leg b', ['self-hosted', 'big']],
    ]);
    expect(legs.map(leg => stepOf(leg, '__run').log)).toEqual(['a 0 of 2\n', 'b 1 of 2\n']);
    expect(outputs).toEqual({ last: 'b', a: 'yes' });
  });

  const failing = (strategy: string): string =>
    jobs(`legs:
  runs-on: ubuntu-latest
  strategy: { ${strategy}, matrix: { leg: [bad, long] } }
  steps:
    - if: matrix.leg == 'bad'
      run: exit 1
    - if: matrix.leg == 'long'
      run: exec sleep \${{ matrix.leg == 'long' && '0.5' || '60' }}
    - if: always()
      run: echo
after:
  needs: legs
  if: failure()
  runs-on: ubuntu-latest
  steps: [{ run: echo }]
`);

  it('are cancelled when one of them fails, after what always runs', async () => {
    const result = await bench.run(failing('fail-fast: true').replace("'0.5'", "'60'"));
    expect(resultsOf(result)).toEqual({ legs: 'failure', after: 'success' });
    const { legs } = jobOf(result, 'legs');
    expect(legs.map(leg => leg.result)).toEqual(['failure', 'cancelled']);
    expect(legs.map(({ steps }) => steps.at(-1)?.conclusion)).toEqual(['success', 'success']);
  });

  it('go on when the job says so', async () => {
    const result = await bench.run(failing('fail-fast: false'));
    expect(
      jobOf(result, 'legs')
        .legs.map(leg => leg.result)
        .sort(),
    ).toEqual(['failure', 'success']);
  });
});
