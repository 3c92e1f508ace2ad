import { describe, expect, it } from '@jest/globals';
import { explainRefusal } from '../../../src/github/refusal.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';

const needs = { permission: 'pull-requests: write', fromFork: false } as const;
const refusal = (status: number, said = ''): GitHubRefusal => new GitHubRefusal(status, said);

describe('a call that GitHub refuses', () => {
  it.each([
    [
      refusal(403, 'Resource not accessible by integration'),
      'GitHub answered 403 (Resource not accessible by integration): the job, or the token given as github-token, needs `permissions: pull-requests: write`.',
    ],
    [
      refusal(404, 'Not Found'),
      'GitHub answered 404 (Not Found): the job, or the token given as github-token, needs `permissions: pull-requests: write`.',
    ],
    [
      refusal(401, 'Bad credentials'),
      'GitHub answered 401 (Bad credentials): give a token that is valid as github-token.',
    ],
    [
      refusal(410, 'Issues are disabled'),
      'GitHub answered 410 (Issues are disabled): switch on issues in the settings',
    ],
    [refusal(403, 'API rate limit exceeded for x.'), 'too much was asked with this token; the next run tries again.'],
    [refusal(429), 'GitHub answered 429: too much was asked with this token; the next run tries again.'],
    [refusal(500), 'GitHub answered 500. It does not change how the step ended; the next run tries again.'],
    [new Error('connect ECONNREFUSED 127.0.0.1:1'), 'Connect ECONNREFUSED 127.0.0.1:1. It does not change how'],
    [new Error(''), 'GitHub could not be reached. It does not change how the step ended; the next run tries again.'],
  ])('is explained: %s', (error, text) => {
    expect(explainRefusal(error, needs)).toContain(text);
  });

  it('names the fork, where that is why', () => {
    const text = explainRefusal(refusal(403, 'Resource not accessible by integration'), { ...needs, fromFork: true });
    expect(text).toContain('; this pull request comes from a fork, whose runs get a token that can only read.');
    expect(explainRefusal(refusal(500), { ...needs, fromFork: true })).not.toContain('fork');
  });

  it('is told on one line of bounded length', () => {
    const text = explainRefusal(refusal(422, `first\n::error::second ${'x'.repeat(5000)}`), needs);
    expect(text).toMatch(/^GitHub answered 422 \(first ::error::second x+\[\.\.\.\]\)\. It does not change[^\n]*$/);
    expect(text.length).toBeLessThan(400);
  });
});
