import { nameOfRun } from '../journal/experiment-numbers.js';
import type { AssertionRecord, ExperimentRecord } from '../journal/experiment-record.js';
import type { ErrorRecord, PhaseRecord, Report } from '../journal/model.js';
import { clipStart } from '../runtime/text.js';
import { element, xmlText } from './xml.js';

const evidenceLimit = 100_000;

/** A rendered test case and its result. */
interface Case {
  readonly xml: string;
  readonly result: 'passed' | 'failure' | 'error' | 'skipped';
}

/** The counts of a suite, with the names of JUnit. */
interface Totals {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/** A rendered suite. */
interface Suite {
  readonly xml: string;
  readonly totals: Totals;
  readonly ms: number;
}

/** The source of a suite: the report of a step, or the reason why there is none. */
export interface SuiteSource {
  readonly name: string;
  readonly report: Report | string;
}

/**
 * Returns the step as JUnit XML in the most common dialect (testsuites, testsuite, testcase): a case for each phase,
 * each experiment, each assertion, and each error outside of a phase. A failed check is a `failure`; an unknown result
 * is an `error`.
 */
export function renderJunit(report: Report): string {
  return renderSuites([{ name: `migratorydata.${report.operation}`, report }]);
}

/** Returns several steps as one document, with a suite for each. */
export function renderSuites(sources: readonly SuiteSource[]): string {
  const suites = sources.map(({ name, report }) =>
    typeof report === 'string' ? unknownSuite(name, report) : suiteOf(name, report),
  );
  const sum = (count: (suite: Suite) => number): number => suites.reduce((total, suite) => total + count(suite), 0);
  const totals = {
    tests: sum(suite => suite.totals.tests),
    failures: sum(suite => suite.totals.failures),
    errors: sum(suite => suite.totals.errors),
    skipped: sum(suite => suite.totals.skipped),
    time: seconds(sum(({ ms }) => ms)),
  };
  const content = suites.flatMap(({ xml }) => ['\n  ', xml]).concat('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'migratorydata', ...totals }, content)}\n`;
}

function suiteOf(name: string, report: Report): Suite {
  const cases = [
    ...report.phases.map(phase => phaseCase(report, phase)),
    ...report.experiments.flatMap(experiment => [
      experimentCase(report, experiment),
      ...experiment.assertions.map(assertion => assertionCase(report, experiment, assertion)),
    ]),
    ...report.errors.filter(({ phase }) => phase === undefined).map(error => errorCase(report, error)),
  ];
  const timestamp = report.startedAt.replace(/\.\d+Z$|Z$/, '');
  return finishSuite({ name, timestamp }, cases, report.ms);
}

function unknownSuite(name: string, reason: string): Suite {
  const error = element('error', { type: 'no-report', message: reason });
  return finishSuite(
    { name },
    [{ result: 'error', xml: element('testcase', { classname: name, name: 'report' }, [error]) }],
    0,
  );
}

function finishSuite(attributes: Readonly<Record<string, string>>, cases: readonly Case[], ms: number): Suite {
  const count = (result: Case['result']): number => cases.filter(one => one.result === result).length;
  const totals = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
  const content = cases.map(({ xml }) => `\n    ${xml}`).concat('\n  ');
  return { xml: element('testsuite', { ...attributes, ...totals, time: seconds(ms) }, content), totals, ms };
}

function phaseCase({ operation, errors }: Report, phase: PhaseRecord): Case {
  const notes = phase.notes.length === 0 ? [] : [element('system-out', {}, [xmlText(phase.notes.join('\n'))])];
  const finish = (result: Case['result'], children: readonly string[]): Case => ({
    result,
    xml: element(
      'testcase',
      {
        classname: `${operation}.phases`,
        name: phase.title,
        time: phase.ms === undefined ? undefined : seconds(phase.ms),
      },
      [...children, ...notes],
    ),
  });
  switch (phase.status) {
    case 'passed':
      return finish('passed', []);
    case 'skipped':
      return finish('skipped', [element('skipped', {})]);
    case 'running':
      // The last report of a step that was killed has a running phase.
      return finish('error', [element('error', { type: 'unfinished', message: 'The phase did not end.' })]);
    case 'failed':
      return finish('failure', [failure(errors.find(error => error.phase === phase.name))]);
  }
}

function failure(error: ErrorRecord | undefined): string {
  if (error === undefined) return element('failure', { message: 'A part of this phase failed.' });
  const { code, message, hint, evidence } = error;
  const text = [message, hint, clipStart(evidence, evidenceLimit)].filter(part => part !== '').join('\n\n');
  return element('failure', { type: code, message }, [xmlText(text)]);
}

function errorCase({ operation }: Report, error: ErrorRecord): Case {
  const xml = element('testcase', { classname: operation, name: error.code }, [failure(error)]);
  return { result: 'failure', xml };
}

function experimentCase({ operation }: Report, experiment: ExperimentRecord): Case {
  const { verdict, reason, facts } = experiment;
  const name = nameOfRun(experiment);
  const measured = Object.entries(facts).map(([key, value]) => `${key}: ${value}`);
  const output = element('system-out', {}, [xmlText([reason, ...measured].join('\n'))]);
  const finish = (result: Case['result'], children: readonly string[]): Case => ({
    result,
    xml: element('testcase', { classname: `${operation}.experiments`, name }, [...children, output]),
  });
  switch (verdict) {
    case 'pass':
      return finish('passed', []);
    case 'skipped':
      return finish('skipped', [element('skipped', { message: reason })]);
    case 'fail':
      return finish('failure', [element('failure', { type: verdict, message: reason })]);
    case 'aborted':
    case 'inconclusive':
      return finish('error', [element('error', { type: verdict, message: reason })]);
  }
}

function assertionCase({ operation }: Report, experiment: ExperimentRecord, assertion: AssertionRecord): Case {
  const { name, limit, measured, result } = assertion;
  const finish = (outcome: Case['result'], children: readonly string[]): Case => ({
    result: outcome,
    xml: element('testcase', { classname: `${operation}.experiments.${nameOfRun(experiment)}`, name }, children),
  });
  const message = `${measured}; ${limit}`;
  switch (result) {
    case 'pass':
      return finish('passed', [element('system-out', {}, [xmlText(message)])]);
    case 'not-measured':
      return finish('skipped', [element('skipped', { message })]);
    case 'fail':
      return finish('failure', [element('failure', { type: name, message })]);
  }
}

/** Formats a time for JUnit, which uses seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
