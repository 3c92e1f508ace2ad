import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { schemaVersion } from '../../../src/journal/model.js';
import { renderJson } from '../../../src/report/json-report.js';
import { noClients, someExperiment, someMeasurement } from './experiment-sample.js';
import { emptyReport, everyOutcome, fullReport, phase, reportThat } from './samples.js';

const schema = JSON.parse(readFileSync('schema/report.schema.json', 'utf8')) as {
  properties: { schemaVersion: { const: number } };
};
const isDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': isDateTime } }).compile(
  schema,
);

function problems(text: string): string[] {
  validate(JSON.parse(text));
  return (validate.errors ?? []).map(error => `${error.instancePath} ${error.message ?? ''}`);
}

describe('report.json', () => {
  it.each(everyOutcome)('follows its schema when the outcome is %s', outcome => {
    expect(problems(renderJson(reportThat(outcome)))).toEqual([]);
  });

  it('follows its schema when the step starts', () => {
    expect(problems(renderJson(emptyReport()))).toEqual([]);
    expect(problems(renderJson(emptyReport({ phases: [phase('a', 'A', 'running', 5)] })))).toEqual([]);
  });

  it('follows its schema without persistent connections', () => {
    const measurement = someMeasurement({ clients: noClients });
    expect(problems(renderJson(emptyReport({ experiments: [someExperiment({ measurement })] })))).toEqual([]);
  });

  it('is rejected by its schema when it is not valid', () => {
    expect(problems(renderJson(emptyReport({ phases: [phase('a', 'A', 'passed', 5)] })))).not.toEqual([]);
    expect(problems(renderJson(emptyReport({ ms: 0.5 })))).not.toEqual([]);
    expect(problems(renderJson(emptyReport({ startedAt: 'yesterday' })))).not.toEqual([]);
  });

  it('has the version of the schema', () => {
    expect(schema.properties.schemaVersion.const).toBe(schemaVersion);
  });

  it('contains all fields', () => {
    expect(JSON.parse(renderJson(fullReport()))).toEqual(JSON.parse(JSON.stringify(fullReport())));
  });

  it('has keys in a fixed order', () => {
    const report = fullReport();
    const { ms, ...late } = phase('deploy', 'Deploy', 'passed', 1, 2);
    const entered = emptyReport({ outcome: 'success', repetitions: [], phases: [{ ...late, ms: ms ?? 0 }] });
    const keys = (text: string): string[] => [...text.matchAll(/^ {2}"(\w+)"/gm)].map(match => match[1] ?? '');
    expect(keys(renderJson(entered))).toEqual(keys(renderJson(report)));
    expect(renderJson(entered)).toMatch(/"startedMs": 1,\s+"ms": 2,\s+"status"/);
  });
});
