import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../support/expressions.js';
import { publicWorkflow, scopeOf } from './support/public-workflows.js';

interface Work {
  readonly result: string;
  readonly errorCode?: string;
  /** The resource group that the plan was given. */
  readonly group?: string;
}

/** Whether the job that deletes runs after the work of a workflow, whose job has its name. */
function decide(name: string, inputs: Readonly<Record<string, string>>, work: Work): unknown {
  const workflow = publicWorkflow(name);
  const { contexts } = scopeOf(workflow, inputs);
  const needs = {
    plan: { result: 'success', outputs: { 'resource-group': work.group ?? '' } },
    check: { result: 'success' },
    [name]: { result: work.result, outputs: { 'error-code': work.errorCode ?? '' } },
  };
  return evaluate(workflow.jobs['teardown']?.if ?? '', {
    contexts: { ...contexts, needs },
    functions: { always: () => true },
  });
}

describe('when a cluster is torn down at the end of a deployment', () => {
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
    expect(decide('deploy', inputs, { result, errorCode })).toBe(wanted);
  });
});

describe('when a cluster is torn down at the end of its whole life', () => {
  it.each([
    ['a failure', '', { result: 'failure' }, true],
    ['a success', '', { result: 'success' }, true],
    ['a failure, with never', 'never', { result: 'failure' }, false],
    ['a failure, with on-success', 'on-success', { result: 'failure' }, false],
    ['a success, with on-success', 'on-success', { result: 'success' }, true],
    ['a cluster that was there before', '', { result: 'failure', errorCode: 'cluster-exists' }, false],
    ['a failure in a group of options', '', { result: 'failure', group: 'rg-shop' }, false],
    ['a failure in a group of options, with always', 'always', { result: 'failure', group: 'rg-shop' }, true],
  ])('after %s', (_what, teardown, work, wanted) => {
    expect(decide('e2e', { teardown }, work)).toBe(wanted);
  });
});
