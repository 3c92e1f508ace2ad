import { describe, expect, it } from '@jest/globals';
import { loadBaseline } from '../../../src/inputs/baseline-report.js';
import { noConfig } from '../../../src/inputs/config-source.js';
import { renderJson } from '../../../src/report/json-report.js';
import { MemoryFiles, someRun } from '../fakes.js';
import { someExperiment } from '../report/experiment-sample.js';
import { emptyReport, fullReport } from '../report/samples.js';
import { environmentOf, type Given } from './read.js';

const given = { operation: 'chaos', 'baseline-report': 'old/report.json' };

function load(
  text: string | undefined,
  inputs: Given = given,
  prepare: (files: MemoryFiles) => void = () => undefined,
) {
  const files = new MemoryFiles();
  if (text !== undefined) files.texts.set('/workspace/old/report.json', text);
  prepare(files);
  return loadBaseline(files, environmentOf(inputs), someRun, noConfig);
}

const rulesOf = async (...parameters: Parameters<typeof load>): Promise<readonly string[]> =>
  (await load(...parameters)).problems.map(({ input, rule }) => `${input} ${rule}`);

describe('baseline-report', () => {
  it('gives the numbers of the runs that count', async () => {
    const experiments = [
      someExperiment({ verdict: 'pass' }),
      someExperiment({ verdict: 'inconclusive' }),
      someExperiment({ name: 'pod-kill', verdict: 'fail' }),
      { ...someExperiment({ verdict: 'pass' }), measurement: undefined },
    ] as ReturnType<typeof someExperiment>[];
    const { baseline, problems } = await load(renderJson(emptyReport({ experiments })));
    expect(problems).toEqual([]);
    expect(baseline?.path).toBe('old/report.json');
    expect(baseline?.runs.map(({ experiment, numbers }) => [experiment, numbers.outageMs])).toEqual([
      ['drain', { value: 2_000, resolution: 210 }],
      ['pod-kill', { value: 2_000, resolution: 210 }],
    ]);
  });

  it.each<readonly [Given]>([[{ operation: 'chaos' }], [{ ...given, operation: 'deploy' }]])(
    'is not read with %j',
    async inputs => {
      expect(await load('nonsense', inputs)).toEqual({ problems: [] });
    },
  );

  it('reports everything that is wrong at once, but no more than ten', async () => {
    const wrong = JSON.parse(renderJson(fullReport())) as Record<string, unknown>;
    wrong['ms'] = '1';
    wrong['experiments'] = [{ name: 7 }];
    expect(await rulesOf(JSON.stringify(wrong))).toEqual([
      [
        'baseline-report does not follow the schema of reports: ms must be of type integer',
        'experiments/0/name must be of type string',
        ...['verdict', 'reason', 'assertions', 'facts', 'targets'].map(name => `experiments/0/${name} is missing`),
      ].join(', '),
    ]);
    const [rule = ''] = await rulesOf(JSON.stringify({ ...wrong, experiments: Array(4).fill({}) }));
    expect([rule.split(', ').length, rule]).toEqual([11, expect.stringMatching(/, and more$/)]);
  });

  it('shows names from the file in print only, and cut', async () => {
    const facts = { [`\u001b[31m${'x'.repeat(1_000)}\n::error::`]: 1 };
    const [rule = ''] = await rulesOf(renderJson(emptyReport({ facts: facts as unknown as Record<string, string> })));
    expect(rule).toMatch(/^baseline-report does not follow the schema of reports: facts\/x+\[\.\.\.\]$/);
    expect(rule.length).toBeLessThan(300);
  });

  it.each([
    ['is missing', undefined, /^baseline-report cannot be read \(ENOENT/],
    ['is no JSON', '{"a": secret', /^baseline-report cannot be read \(it is not JSON\)$/],
    ['is empty', '{}', /: schemaVersion is missing, operation is missing, /],
    ['is of another version', renderJson(emptyReport({ schemaVersion: 2 })), /: schemaVersion must be 3$/],
    ['is too large', `${' '.repeat(33 * 1024 * 1024)}{}`, /^baseline-report has \d+ bytes, more than the limit/],
    [
      'has too many experiments',
      renderJson(
        emptyReport({
          experiments: Array.from(
            { length: 1_001 },
            () => ({ ...someExperiment(), timeline: undefined }) as unknown as ReturnType<typeof someExperiment>,
          ),
        }),
      ),
      /^baseline-report has more than 1000 experiments$/,
    ],
  ])('is refused when it %s', async (_, text, rule) => {
    expect((await rulesOf(text))[0]).toMatch(rule);
  });

  it('is refused when it is a link that leads out of the workspace', async () => {
    const rules = await rulesOf('{}', given, files => files.links.set('/workspace/old', '/etc'));
    expect(rules).toEqual(['baseline-report cannot be read (it is a link to a place outside of the workspace)']);
  });
});
