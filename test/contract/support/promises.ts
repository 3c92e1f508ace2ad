import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { Report } from '../../../src/journal/model.js';
import type { ActionResult } from '../../support/action-runner.js';
import type { Seen } from './traffic.js';

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

/** A workflow sees only the outputs that action.yml declares: any other is lost without a warning. */
export function expectDeclaredOutputs({ outputs }: Pick<ActionResult, 'outputs'>): void {
  expect(Object.keys(outputs).filter(name => !(name in declared))).toEqual([]);
}

/**
 * Expects that the report lists every process and every call, except aborted ones. It may list a read more than
 * arrived: a watch that is no longer needed may be aborted before it arrives.
 */
export function expectAccount(report: Report, { invocations, calls, requests }: Seen): void {
  if (report.outcome === 'cancelled' || report.outcome === 'timed-out') return;
  const started = invocations.map(({ tool, argv }) => [tool, ...argv].join(' '));
  // A missing program has no exit code.
  const ended = report.commands.filter(({ code }) => code !== -1);
  expect(ended.map(({ tool, argv }) => [tool, ...argv].join(' ')).sort()).toEqual(started.sort());
  const asked = [...calls, ...requests].map(({ method, path }) => `${method} ${path}`);
  const told = report.calls.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);
  expect(told.filter(isChange).sort()).toEqual(asked.filter(isChange).sort());
  expect(asked.filter(line => !told.includes(line))).toEqual([]);
}

function isChange(line: string): boolean {
  return !line.startsWith('GET ');
}
