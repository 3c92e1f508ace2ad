import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../../../src/journal/model.js';
import { renderSummary, summaryLimitBytes } from '../../../src/report/summary.js';
import { someExperiment } from './experiment-sample.js';
import { emptyReport, fullReport, phase, reportThat } from './samples.js';

const directory = '/tmp/reports';

describe('the job summary', () => {
  it.each<[Outcome | undefined, string]>([
    [undefined, '## MigratoryData: e2e has been running for 12m 05s'],
    ['success', '## MigratoryData: e2e succeeded in 12m 05s'],
    ['failure', '## MigratoryData: e2e failed after 12m 05s'],
    ['cancelled', '## MigratoryData: e2e was cancelled after 12m 05s'],
    ['timed-out', '## MigratoryData: e2e ran out of time after 12m 05s'],
    ['dry-run', '## MigratoryData: e2e was a dry run, which took 12m 05s'],
  ])('starts with the outcome (%s)', (outcome, line) => {
    expect(renderSummary(reportThat(outcome), directory).split('\n')[0]).toBe(line);
  });

  it('shows the error, its hint and what is not undone first', () => {
    const text = renderSummary(fullReport(), directory);
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(match => match[1]);
    expect(headings).toEqual([
      'MigratoryData: e2e failed after 12m 05s',
      'Error: crash-loop',
      'Not yet undone',
      'Experiments',
      'Runs of drain',
      'Experiment: drain',
      'Cluster',
      'Phases',
      'Members',
      'Warnings',
    ]);
    expect(text).toContain('**What to do:** Read its last log lines.');
    expect(text).toContain(
      '<details><summary>Evidence</summary>\n\n<pre>\nline 1\nUnrecognized VM option\n</pre>\n\n</details>',
    );
  });

  it('has tables of phases, members, experiments and facts', () => {
    const text = renderSummary(fullReport(), directory);
    expect(text).toContain('| Deploy MigratoryData | **failed** | 1m 05s |');
    expect(text).toContain('| Delete the cluster | skipped |  |');
    expect(text).toContain(
      '| <code>migratorydata-1</code> | aks-2 | **no** | yes | 4 | <code>m/server:6</code> | not measured |',
    );
    expect(text).toContain('| 0 of 112 | Recovery took 200 s, the limit is 180 s. |');
    expect(text).toContain('| Address | <code>http&#58;//20.1.2.3</code> |');
    expect(text).toContain('processes started: 3 (az 2, kubectl 1); Kubernetes API calls: 1.');
    expect(text).toContain('report.json and report.xml (JUnit) in <code>/tmp/reports</code>');
  });

  it('omits empty sections', () => {
    const text = renderSummary(emptyReport({ outcome: 'success', ms: 5 }), directory);
    expect(text.match(/^#+ .*$/gm)).toEqual(['## MigratoryData: deploy succeeded in 5ms']);
    expect(text).not.toMatch(/details|\|/);
  });

  it('omits the column CPU when it was not measured', () => {
    const members = fullReport().members.filter(({ cpu }) => cpu === undefined);
    const text = renderSummary(fullReport({ members }), directory);
    expect(text).toContain('| Name | Node | Ready | Seed | Restarts | Image |\n');
  });

  it('shows the duration so far of a running phase', () => {
    const text = renderSummary(emptyReport({ ms: 61_000, phases: [phase('a', 'Wait', 'running', 1000)] }), directory);
    expect(text).toContain('| Wait | running | 1m 00s |');
    expect(text).toContain('If the job has ended, the step was killed before it could report its outcome.');
  });

  it('shows names of inputs as code in hints and messages', () => {
    const error = {
      code: 'azure-quota',
      message: 'At `x`.',
      hint: 'Lower `node-count`.',
      transient: false,
      evidence: '',
    };
    const text = renderSummary(emptyReport({ errors: [error] }), directory);
    expect(text).toContain('At <code>x</code>.');
    expect(text).toContain('**What to do:** Lower <code>node-count</code>.');
  });

  it('says when a retry may help', () => {
    const error = { code: 'azure-throttled', message: 'm', hint: 'Run fewer jobs.', transient: true, evidence: '' };
    expect(renderSummary(emptyReport({ errors: [error] }), directory)).toContain('Run fewer jobs. A retry may help.');
  });
});

describe('external text in the summary', () => {
  const hostile = '</pre></details> <img src=x> | a `b` **c** [d](e) \n\n# heading\n</code>&lt;';
  const error = { code: 'internal', message: hostile, hint: hostile, transient: false, evidence: hostile };
  const text = renderSummary(
    fullReport({
      facts: { [hostile]: hostile },
      errors: [error],
      warnings: [hostile],
      pending: [hostile],
      phases: [phase('a', hostile, 'passed', 0, 1, [hostile])],
      members: [{ name: hostile, node: hostile, ready: true, seed: true, restarts: 0, image: hostile, cpu: hostile }],
      experiments: [someExperiment({ name: hostile, reason: hostile, facts: { [hostile]: hostile } })],
    }),
    hostile,
  );

  it('cannot open or close an element', () => {
    const tags = [...text.matchAll(/<(\/?\w+)[^>]*>/g)].map(match => match[1]);
    expect([...new Set(tags)].sort()).toEqual(
      ['/code', '/details', '/pre', '/summary', 'br', 'code', 'details', 'pre', 'summary'].sort(),
    );
    for (const name of ['code', 'details', 'pre', 'summary']) {
      expect(tags.filter(tag => tag === name)).toHaveLength(tags.filter(tag => tag === `/${name}`).length);
    }
    expect(tags.filter(tag => tag === 'pre')).toHaveLength(1);
  });

  it('cannot add a heading, a cell or emphasis', () => {
    expect(text.match(/^#+ /gm)).toHaveLength(10);
    const columns = [...text.matchAll(/^\|.*\|$/gm)].map(([row]) => row.split('|').length - 2);
    // The tables of experiments, runs, assertions, facts, phases and members, row by row.
    expect(columns).toEqual([8, 8, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 2, 2, 2, 3, 3, 3, 7, 7, 7]);
    // Only the diagram has fences.
    expect(text.replace(/^```(mermaid)?$/gm, '')).not.toContain('`');
    expect(text).not.toContain('**c**');
  });
});

describe('a summary that would be too long', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({
    code: 'internal',
    message: `problem ${index}`,
    hint: 'h',
    transient: false,
    evidence: '😀&'.repeat(30_000),
  }));

  it('stays within the limit, keeps the heading, and says where the rest is', () => {
    const text = renderSummary(fullReport({ errors: many }), directory);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(summaryLimitBytes);
    expect(text.startsWith('## MigratoryData: e2e failed')).toBe(true);
    expect(text).toContain('Error: internal');
    expect(text.trimEnd().endsWith('report.json in <code>/tmp/reports</code> has everything._')).toBe(true);
  });

  it('is never truncated within a block or a character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 30_000 }), (count, length) => {
        const errors = many.slice(0, count).map(error => ({ ...error, evidence: '😀&'.repeat(length) }));
        const text = renderSummary(fullReport({ errors }), directory);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(summaryLimitBytes);
        expect(text.split('<details>')).toHaveLength(text.split('</details>').length);
        expect(text.split('<pre>')).toHaveLength(text.split('</pre>').length);
        expect(Buffer.from(text).toString()).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});
