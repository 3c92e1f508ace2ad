import { describe, expect, it } from '@jest/globals';
import { explainRefusal } from '../../../src/github/refusal.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';

const needs = { permission: 'pull-requests: write', fromFork: false } as const;
const refusal = (status: number, said = ''): GitHubRefusal => new GitHubRefusal(status, said);

describe('a call that GitHub refuses', () => {
  it.each([
    [
      refusal(403, 'Resource not accessible by integration'),
      'GitHub answered 403 (Resource not accessible by integration): the job, or the token in github-token, needs `permissions: pull-requests: write`.',
    ],
    [
      refusal(404, 'Not Found'),
      'GitHub answered 404 (Not Found): the job, or the token in github-token, needs `permissions: pull-requests: write`.',
    ],
    [refusal(401, 'Bad credentials'), 'GitHub answered 401 (Bad credentials): set github-token to a valid token.'],
    [refusal(410, 'Issues are disabled'), 'GitHub answered 410 (Issues are disabled): turn on issues in the settings'],
    [
      refusal(403, 'API rate limit exceeded for x.'),
      'the rate limit of this token is exceeded; the next run tries again.',
    ],
    [refusal(429), 'GitHub answered 429: the rate limit of this token is exceeded; the next run tries again.'],
    [refusal(500), 'GitHub answered 500. The outcome of the step does not change; the next run tries again.'],
    [
      new Error('connect ECONNREFUSED 127.0.0.1:1'),
      'Connect ECONNREFUSED 127.0.0.1:1. The outcome of the step does not change',
    ],
    [new Error(''), 'GitHub could not be reached. The outcome of the step does not change; the next run tries again.'],
  ])('is explained: %s', (error, text) => {
    expect(explainRefusal(error, needs)).toContain(text);
  });

  it('names the fork when that is the reason', () => {
    const text = explainRefusal(refusal(403, 'Resource not accessible by integration'), { ...needs, fromFork: true });
    expect(text).toContain('; this pull request comes from a fork, whose runs get a read-only token.');
    expect(explainRefusal(refusal(500), { ...needs, fromFork: true })).not.toContain('fork');
  });

  it('is explained on one line of limited length', () => {
    const text = explainRefusal(refusal(422, `first\n::error::second ${'x'.repeat(5000)}`), needs);
    expect(text).toMatch(
      /^GitHub answered 422 \(first ::error::second x+\[\.\.\.\]\)\. The outcome of the step does not change[^\n]*$/,
    );
    expect(text.length).toBeLessThan(400);
  });
});
