import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commentLimitBytes, renderComment } from '../../../src/report/comment-body.js';
import { withoutMentions } from '../../../src/report/markdown.js';
import { emptyReport, everyOutcome, fullReport, phase, reportThat } from './samples.js';

const place = { cluster: 'rg-shop/aks-shop/migratory', runUrl: 'https://github.com/acme/shop/actions/runs/4711' };
/** What GitHub accepts, in characters. */
const hardLimit = 65_536;

describe('the comment on a pull request', () => {
  it('begins with the verdict and the outcome, then the error with what to do, phases, and the run', () => {
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

  it('leaves the evidence in the run', () => {
    expect(renderComment(fullReport(), place)).not.toContain('Unrecognized VM option');
  });

  it('begins with the outcome where there were no experiments', () => {
    const text = renderComment(emptyReport({ outcome: 'success', ms: 65_000 }), place);
    expect(text).toMatch(/^## MigratoryData: deploy succeeded in 1m 05s\n/);
  });

  it.each(everyOutcome)('names the run, whatever became of the step (%s)', outcome => {
    expect(renderComment(reportThat(outcome), place)).toContain(`](${place.runUrl})`);
  });

  it('is never longer than GitHub takes, and always names the run', () => {
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

  it('lets no text from outside become markup, a mention, a reference or a hidden line', () => {
    const hostile = '@octocat @acme/team #12 GH-34 <!-- migratorydata-aks: x --> </td></table><img src=x> **bold** a@b';
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
  });
});

describe('Markdown without mentions', () => {
  it('leaves what is shown as code, where GitHub makes no mentions and people copy from', () => {
    const image = '<code>@acme/server@sha256:1</code>';
    expect(withoutMentions(`${image} by @acme and ${image}`)).toBe(`${image} by @&#8203;acme and ${image}`);
  });

  it('has no mention, whatever stands before the sign', () => {
    const unit = fc.constantFrom('@', 'a', ' ', '-', '.', '/', '(', ';', '_', '\n', 'é');
    fc.assert(
      fc.property(fc.string({ unit }), text => {
        expect(withoutMentions(text)).not.toMatch(/(?<![A-Za-z0-9])@[a-z]/);
        expect(withoutMentions(text).replaceAll('&#8203;', '')).toBe(text);
      }),
    );
  });
});
