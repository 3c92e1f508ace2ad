import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type JsonSchema, violationsOf } from '../../../src/inputs/json-schema.js';
import type { Report } from '../../../src/journal/model.js';
import { readActionFile } from '../../support/action-inputs.js';
import type { ActionResult } from '../../support/action-runner.js';
import type { Seen } from './traffic.js';

const schema = JSON.parse(readFileSync('schema/report.schema.json', 'utf8')) as JsonSchema;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads `report.json`, which must follow its schema. A complete implementation of JSON Schema would compile the schema
 * in each test file, for a second or two; json-schema.test.ts compares this one with it.
 */
export function readReport(text: string): Report {
  const report = JSON.parse(text) as Report;
  expect(violationsOf(schema, report, 9)).toEqual([]);
  // Formats are not part of it.
  const moments = [report, ...report.phases].map(({ startedAt }) => startedAt);
  expect(moments.filter(moment => !dateTime.test(moment))).toEqual([]);
  return report;
}

/** A workflow sees only the outputs that action.yml declares: any other is lost without a warning. */
export function expectDeclaredOutputs({ outputs }: Pick<ActionResult, 'outputs'>): void {
  const { outputs: declared = {} } = readActionFile('action.yml');
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
