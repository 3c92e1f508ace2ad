import { describe, expect, it } from '@jest/globals';
import { renderLeftovers, renderNothingLeft } from '../../../src/report/leftovers.js';

const place = { lookedAt: '2026-01-01T00:00:00.000Z', runUrl: 'https://github.com/acme/shop/actions/runs/4711' };
const locked = {
  what: 'cluster rg-shop/aks-shop, which expired at 2025-12-31T00:00:00.000Z',
  why: 'The scope is locked.',
  remedy: 'Remove the lock by hand, `az lock delete`.',
};

describe('the issue about leftovers of a sweep', () => {
  it('has each resource with reason and remedy, the time and the run', () => {
    expect(renderLeftovers([locked], place)).toBe(
      [
        '1 resource has expired and could not be deleted. Resources that are not deleted continue to cost money.',
        '',
        '- cluster rg-shop/aks-shop, which expired at 2025-12-31T00:00:00.000Z<br>The scope is locked.<br>**What to do:** Remove the lock by hand, <code>az lock delete</code>.',
        '',
        'Found at 2026-01-01T00:00:00.000Z by [the last sweep](https://github.com/acme/shop/actions/runs/4711). The next sweep that leaves nothing behind closes this issue.',
        '',
      ].join('\n'),
    );
  });

  it('stays within the limit of GitHub, and says that it is not complete', () => {
    const many = Array.from({ length: 500 }, () => ({ ...locked, why: '|@x '.repeat(2_000) }));
    const text = renderLeftovers(many, place);
    expect(text.length).toBeLessThan(60_000);
    expect(text).toMatch(/^500 resources have expired/);
    expect(text).toContain('_The rest of the list is in the report of the sweep._');
    expect(text).toContain(place.runUrl);
  });

  it('contains no mention and no markup from external text', () => {
    const text = renderLeftovers([{ ...locked, why: 'held by @octocat <!-- x --> **b**' }], place);
    expect(text).toContain('held by @&#8203;octocat &#60;!-- x --&#62;');
    expect(text).not.toContain('**b**');
  });

  it('is closed with a comment that names the sweep', () => {
    expect(renderNothingLeft(place)).toBe(
      'Nothing is left: [the sweep](https://github.com/acme/shop/actions/runs/4711) at 2026-01-01T00:00:00.000Z found nothing that it could not delete.\n',
    );
  });
});
