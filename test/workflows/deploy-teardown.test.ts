import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../support/expressions.js';
import { publicWorkflow, scopeOf } from './support/public-workflows.js';

describe('when a cluster is torn down at the end of a deployment', () => {
  const workflow = publicWorkflow('deploy');
  const decide = (inputs: Readonly<Record<string, string>>, result: string, errorCode = ''): unknown => {
    const { contexts } = scopeOf(workflow, inputs);
    const needs = {
      plan: { result: 'success' },
      check: { result: 'success' },
      deploy: { result, outputs: { 'error-code': errorCode } },
    };
    return evaluate(workflow.jobs['teardown']?.if ?? '', {
      contexts: { ...contexts, needs },
      functions: { always: () => true },
    });
  };
  it.each([
    ['a failure', {}, 'failure', '', true],
    ['a cancel', {}, 'cancelled', '', true],
    ['a success', {}, 'success', '', false],
    ['a cluster that was there before', {}, 'failure', 'cluster-exists', false],
    ['a failure on a cluster with a name of its own', { 'resource-group': 'rg-shop' }, 'failure', '', false],
    ['a failure, with never', { teardown: 'never' }, 'failure', '', false],
    ['a success, with always', { teardown: 'always' }, 'success', '', true],
    ['a success, with on-success', { teardown: 'on-success' }, 'success', '', true],
    ['a failure, with on-success', { teardown: 'on-success' }, 'failure', '', false],
    ['a failure on a cluster that is not of Azure', { provider: 'kubeconfig' }, 'failure', '', false],
  ] as const)('after %s', (_what, inputs, result, errorCode, wanted) => {
    expect(decide(inputs, result, errorCode)).toBe(wanted);
  });
});
