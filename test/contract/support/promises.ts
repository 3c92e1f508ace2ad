import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { Report } from '../../../src/report/model.js';
import type { ActionResult } from '../../support/action-runner.js';

const schema = JSON.parse(readFileSync('schema/report.schema.json', 'utf8')) as object;
const isDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': isDateTime } });
const validate = ajv.compile<Report>(schema);

const { outputs: declared } = parse(readFileSync('action.yml', 'utf8')) as {
  readonly outputs: Readonly<Record<string, unknown>>;
};

/** Reads `report.json`, which must follow its schema. */
export function readReport(text: string): Report {
  const report: unknown = JSON.parse(text);
  const problems = validate(report) ? [] : (validate.errors ?? []);
  expect(problems.map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)).toEqual([]);
  return report as Report;
}

/** A workflow sees only the outputs that action.yml declares: any other is lost without a word. */
export function expectDeclaredOutputs({ outputs }: Pick<ActionResult, 'outputs'>): void {
  expect(Object.keys(outputs).filter(name => !(name in declared))).toEqual([]);
}
