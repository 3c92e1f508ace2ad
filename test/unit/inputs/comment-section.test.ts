import { describe, expect, it } from '@jest/globals';
import { type Given, problemsOf, read } from './read.js';

const token = 'token-0001';
const commentOf = (given: Given): object => read(given).request.general.comment;

describe('pull-request-comment', () => {
  it('is never by default, and needs no token then', () => {
    const { comment, githubToken } = read({ operation: 'deploy' }).request.general;
    expect([comment.when, githubToken]).toEqual(['never', undefined]);
  });

  it.each(['on-failure', 'always'])('%s reaches the request with its token', when => {
    const { general } = read({ operation: 'deploy', 'pull-request-comment': when, 'github-token': token }).request;
    expect(general).toMatchObject({ comment: { when }, githubToken: token });
  });

  it.each(['on-failure', 'always'])('%s may go without a token, as it must in a run from a fork', when => {
    const { general } = read({ operation: 'deploy', 'pull-request-comment': when }).request;
    expect(general).toMatchObject({ comment: { when } });
  });

  it('is refused with a token that can be none', () => {
    expect(problemsOf({ 'pull-request-comment': 'always', 'github-token': 'short' })).toEqual([
      expect.stringContaining('github-token: must'),
    ]);
  });

  it('must be one of its words', () => {
    expect(problemsOf({ 'pull-request-comment': 'on-failures' })).toEqual([
      'pull-request-comment "on-failures": must be one of never, on-failure, always; did you mean on-failure.',
    ]);
  });
});

describe('the deployment that a comment is about', () => {
  it.each([
    [
      'a named one',
      { 'resource-group': 'rg-shop', 'cluster-name': 'aks-shop' },
      'rg-shop/aks-shop/migratory/migratorydata',
    ],
    [
      'another namespace',
      { 'resource-group': 'rg-shop', namespace: 'two' },
      'rg-shop/aks-migratorydata/two/migratorydata',
    ],
    ['another deployment', { 'resource-group': 'rg-shop', name: 'chat' }, 'rg-shop/aks-migratorydata/migratory/chat'],
    [
      'the default group, without the run',
      { instance: 'pr-0' },
      'rg-migratorydata-RUN-pr-0/aks-migratorydata/migratory/migratorydata',
    ],
    [
      'one behind a kubeconfig',
      { provider: 'kubeconfig', kubeconfig: '/k', context: 'kind-check', instance: 'pr-0' },
      'kind-check/pr-0/migratory/migratorydata',
    ],
    [
      'the current one of a kubeconfig',
      { provider: 'kubeconfig', kubeconfig: '/k', instance: 'pr-0' },
      'current-context/pr-0/migratory/migratorydata',
    ],
  ])('is %s', (_, given, cluster) => {
    expect(commentOf({ operation: 'deploy', ...given })).toMatchObject({ cluster });
  });

  it('is the same for each operation on it', () => {
    const given = { 'resource-group': 'rg-shop', 'cluster-name': 'aks-shop' };
    const all = ['create', 'deploy', 'verify', 'chaos', 'teardown'].map(operation =>
      commentOf({ ...given, operation }),
    );
    expect(new Set(all.map(comment => JSON.stringify(comment))).size).toBe(1);
  });
});
