import { describe, expect, it } from '@jest/globals';
import { environmentName } from '../../../src/inputs/environment.js';
import { planWorkflow } from '../../../src/workflows/workflow-plan.js';

type Texts = Readonly<Record<string, string>>;

function plan(inputs: Texts, env: Texts = {}): ReturnType<typeof planWorkflow> {
  const variables = Object.entries({ workflow: 'deploy', ...inputs }).map(([name, value]): [string, string] => [
    environmentName(name),
    value,
  ]);
  return planWorkflow({ ...env, ...Object.fromEntries(variables) }, 'abc123');
}

describe('the plan of a workflow', () => {
  it('has the instance, and a unique name for the reports', () => {
    expect(plan({})).toEqual({ instance: 'main', reports: 'migratorydata-deploy-main-abc123', legs: [] });
  });

  it.each([
    'resource-group',
    'cluster-name',
    'provider',
    'teardown',
    'patches',
    'operation',
    'report-directory',
    'instance',
  ])('refuses %s in the options, because the workflow would use another value than the action', name => {
    expect(() => plan({ options: `rest=true\n  ${name} = x` })).toThrow(name);
  });

  it('finds them in a map, and in the options among the inputs of a workflow, but not among the inputs', () => {
    expect(() => plan({ options: '{rest: true, teardown: never}' })).toThrow('"teardown": must be the same');
    const inputs = (options: string): string => JSON.stringify({ 'resource-group': 'rg', timeout: '9h', options });
    expect(() => plan({ options: inputs('rest=true') })).not.toThrow();
    expect(() => plan({ options: inputs('{patches: x}') })).toThrow('"patches": must be the same');
  });

  it('allows the region in the options of a single cluster, but not of a matrix', () => {
    expect(() => plan({ options: 'location=westeurope' })).not.toThrow();
    expect(() => plan({ workflow: 'matrix', options: 'location=westeurope' })).toThrow('location');
  });

  it('limits the timeout, both as an input and as an option', () => {
    expect(() => plan({ workflow: 'chaos', options: 'timeout=5h' })).not.toThrow();
    expect(() => plan({ workflow: 'chaos', options: 'timeout=6h' })).toThrow('must be from 1s to 5h');
    expect(() => plan({ workflow: 'chaos', timeout: '6h' })).toThrow('must be from 1s to 5h');
  });

  it('divides the time limit among the steps of a job', () => {
    const remedy = 'each of the 3 steps of a job can take at most 1h40m';
    expect(() => plan({ workflow: 'deploy', timeout: '1h40m' })).not.toThrow();
    expect(() => plan({ workflow: 'deploy', timeout: '1h41m' })).toThrow(remedy);
    expect(() => plan({ workflow: 'deploy', options: 'timeout=2h' })).toThrow(remedy);
    expect(() => plan({ workflow: 'check', timeout: '90m' })).toThrow('must be from 1s to 1h15m');
  });

  it('has a leg for each combination of region and version', () => {
    const { legs } = plan({ workflow: 'matrix', locations: 'eastus, westeurope', 'kubernetes-versions': '1.34' });
    expect(legs.map(({ instance }) => instance)).toEqual(['main-eastus-1.34', 'main-westeurope-1.34']);
  });

  it('limits the instance by the length of the node resource group in Azure', () => {
    const run = { GITHUB_RUN_ID: '19876543210' };
    const inputs = { workflow: 'matrix', locations: 'eastus,southeastasia', 'kubernetes-versions': '1.34.10' };
    const { legs } = plan({ ...inputs, instance: 'a'.repeat(23) }, run);
    expect(legs[1]?.['node-resource-group']).toHaveLength(80);
    expect(() => plan({ ...inputs, instance: 'a'.repeat(26) }, run)).toThrow(
      /southeastasia-1\.34\.10": is too long .* choose an instance that is shorter by 3/,
    );
  });
});
