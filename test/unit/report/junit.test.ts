import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExperimentRecord } from '../../../src/journal/experiment-record.js';
import { renderJunit } from '../../../src/report/junit.js';
import { someExperiment } from './experiment-sample.js';
import { emptyReport, everyOutcome, fullReport, phase, reportThat } from './samples.js';
import { parseXml, type XmlElement } from './well-formed.js';

function suiteOf(text: string): XmlElement {
  const [suite] = parseXml(text).children;
  if (!suite) throw new Error('no suite');
  return suite;
}

describe('the JUnit report', () => {
  it('has a case for each phase and each experiment', () => {
    const suite = suiteOf(renderJunit(fullReport()));
    expect(suite.attributes).toMatchObject({
      name: 'migratorydata.e2e',
      tests: '7',
      failures: '3',
      errors: '0',
      skipped: '2',
      time: '725.000',
      timestamp: '2026-01-01T00:00:00',
    });
    expect(suite.children.map(({ attributes }) => attributes['name'])).toEqual([
      'Check tools and quota',
      'Deploy MigratoryData',
      'Delete the cluster',
      'drain',
      'fault-confirmed',
      'max-outage',
      'max-lost',
    ]);
    expect(suite.children[0]?.attributes['time']).toBe('3.200');
  });

  it('has code, message, hint and evidence of the failure in the failed phase', () => {
    const failure = suiteOf(renderJunit(fullReport())).children[1]?.children[0];
    expect(failure).toMatchObject({
      name: 'failure',
      attributes: { type: 'crash-loop', message: 'Member migratorydata-1 ended 4 times.' },
    });
    expect(failure?.text).toContain('Read its last log lines.');
    expect(failure?.text).toContain('Unrecognized VM option');
  });

  it('has a case for an error outside of all phases', () => {
    const error = { code: 'invalid-input', message: 'm', hint: 'h', transient: false, evidence: '' };
    const suite = suiteOf(renderJunit(emptyReport({ errors: [error] })));
    expect(suite.attributes).toMatchObject({ tests: '1', failures: '1' });
    expect(suite.children[0]?.attributes).toEqual({ classname: 'deploy', name: 'invalid-input' });
  });

  it('has an error for a phase that did not end, so that a killed step does not pass', () => {
    const suite = suiteOf(renderJunit(emptyReport({ phases: [phase('create', 'Create', 'running', 0)] })));
    expect(suite.attributes).toMatchObject({ tests: '1', errors: '1' });
    expect(suite.children[0]?.attributes).not.toHaveProperty('time');
    expect(suite.children[0]?.children[0]?.name).toBe('error');
  });

  it('counts a phase with a failed part as a failure', () => {
    const outer = phase('life', 'Life', 'failed', 0, 10);
    const suite = suiteOf(renderJunit(fullReport({ phases: [outer, ...fullReport().phases] })));
    expect(suite.children[0]?.children[0]?.attributes).toEqual({ message: 'A part of this phase failed.' });
  });

  it.each<[ExperimentRecord['verdict'], string]>([
    ['fail', 'failure'],
    ['aborted', 'error'],
    ['inconclusive', 'error'],
    ['skipped', 'skipped'],
  ])('renders the verdict %s as %s with its reason', (verdict, name) => {
    const experiment = someExperiment({ verdict, reason: 'because', facts: { outageMs: 12 } });
    const [test] = suiteOf(renderJunit(emptyReport({ experiments: [experiment] }))).children;
    expect(test?.children[0]).toMatchObject({ name, attributes: { message: 'because' } });
    expect(test?.children[1]).toMatchObject({ name: 'system-out', text: 'because\noutageMs: 12' });
  });

  it('has only the output for an experiment that passed', () => {
    const experiment = someExperiment({ verdict: 'pass', reason: 'fine', facts: {} });
    const [test] = suiteOf(renderJunit(emptyReport({ experiments: [experiment] }))).children;
    expect(test?.children.map(({ name }) => name)).toEqual(['system-out']);
  });

  it('has a case for each assertion, skipped when it was not measured', () => {
    const [, ...tests] = suiteOf(renderJunit(emptyReport({ experiments: [someExperiment()] }))).children;
    expect(tests.map(({ attributes, children }) => [attributes['name'], children[0]?.name])).toEqual([
      ['fault-confirmed', 'system-out'],
      ['max-outage', 'failure'],
      ['max-lost', 'skipped'],
    ]);
  });

  it.each(everyOutcome)('is well-formed when the outcome is %s', outcome => {
    expect(parseXml(renderJunit(reportThat(outcome))).name).toBe('testsuites');
  });

  it('stays well-formed with any external text, and keeps valid characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const error = { code: 'internal', message: text, hint: text, transient: false, evidence: text, phase: 'a' };
        const phases = [phase('a', text, 'failed', 0, 1, [text])];
        expect(parseXml(renderJunit(emptyReport({ phases, errors: [error] }))).name).toBe('testsuites');
      }),
    );
    const error = { code: 'internal', message: '<a b="c">\n&]]>\u0000', hint: '', transient: false, evidence: '' };
    const [test] = suiteOf(renderJunit(emptyReport({ errors: [error] }))).children;
    expect(test?.children[0]?.attributes['message']).toBe('<a b="c">\n&]]>\\x00');
  });
});
