import { describe, expect, it } from '@jest/globals';
import { commentLimitBytes, renderComment } from '../../../src/report/comment-body.js';
import { emptyReport, everyOutcome, fullReport, phase, reportThat } from './samples.js';

const place = { cluster: 'rg-shop/aks-shop/migratory', runUrl: 'https://github.com/acme/shop/actions/runs/4711' };
/** The limit of GitHub, in characters. */
const hardLimit = 65_536;

describe('the comment on a pull request', () => {
  it('has the verdict, the outcome, the error with its hint, the phases and the run, in this order', () => {
    const text = renderComment(fullReport(), place);
    const order = [
      '**Verdict:** drain **',
      '## MigratoryData: e2e failed after 12m 05s',
      '### Error: crash-loop',
      'Member migratorydata-1 ended 4 times.',
      '**What to do:** Read its last log lines.',
      '### Experiments',
      '### Phases',
      '| Deploy MigratoryData | **failed** | 1m 05s |',
      '[run 4711, attempt 1](https://github.com/acme/shop/actions/runs/4711)',
      '<code>rg-shop/aks-shop/migratory</code>',
    ].map(part => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(text.startsWith('**Verdict:**')).toBe(true);
  });

  it('has no evidence', () => {
    expect(renderComment(fullReport(), place)).not.toContain('Unrecognized VM option');
  });

  it('starts with the outcome when there are no experiments', () => {
    const text = renderComment(emptyReport({ outcome: 'success', ms: 65_000 }), place);
    expect(text).toMatch(/^## MigratoryData: deploy succeeded in 1m 05s\n/);
  });

  it.each(everyOutcome)('names the run for the outcome %s', outcome => {
    expect(renderComment(reportThat(outcome), place)).toContain(`](${place.runUrl})`);
  });

  it('never exceeds the limit of GitHub, and always names the run', () => {
    const long = '|<@`#1 '.repeat(20_000);
    const error = { code: 'internal', message: long, hint: 'Do this.', transient: true, evidence: long };
    const phases = [phase('p', long, 'failed', 0, 1)];
    const text = renderComment(fullReport({ errors: Array.from({ length: 50 }, () => error), phases }), place);
    expect(text.length).toBeLessThan(commentLimitBytes + 1_000);
    expect(text.length).toBeLessThan(hardLimit);
    expect(text).toContain('### Error: internal');
    expect(text).toContain('_Some sections are too long for a comment._');
    expect(text).toContain(place.runUrl);
  });

  it('contains no markup, mention, reference or hidden line from external text', () => {
    const hostile =
      '@octocat @acme/team #12 GH-34 <!-- migratorydata-aks: x --> </td></table><img src=x> **bold** a@b see https://github.com/other/repo/issues/1';
    const text = renderComment(
      fullReport({
        errors: [{ code: 'internal', message: hostile, hint: hostile, transient: false, evidence: '' }],
        phases: [phase('p', hostile, 'passed', 0, 1)],
      }),
      { ...place, cluster: hostile },
    );
    expect(text).not.toMatch(/<!--|<img|<\/td>|\*\*bold/);
    const outsideOfCode = text.replace(/<code>.*?<\/code>/gs, '');
    expect(outsideOfCode).not.toMatch(/(?<![a-z])@(?!&#8203;)|&#35;\d|\bGH-\d/i);
    expect(outsideOfCode).toContain('@&#8203;octocat @&#8203;acme/team &#35;&#8203;12 GH&#8203;-34');
    expect(outsideOfCode).toContain('a@b');
    expect(outsideOfCode).toContain('see https:&#8203;//github.com/other/repo/issues/1');
  });
});
