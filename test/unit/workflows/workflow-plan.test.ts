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
  it('names the instance, and the reports of this call alone', () => {
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
  ])('keeps %s out of the options: the workflow would decide by another value than the action', name => {
    expect(() => plan({ options: `rest=true\n  ${name} = x` })).toThrow(name);
  });

  it('lets the options of a single cluster choose its region, and not those of a matrix', () => {
    expect(() => plan({ options: 'location=westeurope' })).not.toThrow();
    expect(() => plan({ workflow: 'matrix', options: 'location=westeurope' })).toThrow('location');
  });

  it('bounds the time for the work, wherever it is given', () => {
    expect(() => plan({ workflow: 'chaos', options: 'timeout=5h' })).not.toThrow();
    expect(() => plan({ workflow: 'chaos', options: 'timeout=6h' })).toThrow('must be from 1s to 5h');
    expect(() => plan({ workflow: 'chaos', timeout: '6h' })).toThrow('must be from 1s to 5h');
  });

  it('shares that time out among the steps of a job', () => {
    const remedy = 'the 3 steps of a job may take 1h40m each at most';
    expect(() => plan({ workflow: 'deploy', timeout: '1h40m' })).not.toThrow();
    expect(() => plan({ workflow: 'deploy', timeout: '1h41m' })).toThrow(remedy);
    expect(() => plan({ workflow: 'deploy', options: 'timeout=2h' })).toThrow(remedy);
    expect(() => plan({ workflow: 'check', timeout: '90m' })).toThrow('must be from 1s to 1h15m');
  });

  it('makes a leg of each region with each version', () => {
    const { legs } = plan({ workflow: 'matrix', locations: 'eastus, westeurope', 'kubernetes-versions': '1.34' });
    expect(legs.map(({ instance }) => instance)).toEqual(['main-eastus-1.34', 'main-westeurope-1.34']);
  });

  it('bounds the instance by what Azure allows the group of the nodes of a leg', () => {
    const run = { GITHUB_RUN_ID: '19876543210' };
    const inputs = { workflow: 'matrix', locations: 'eastus,southeastasia', 'kubernetes-versions': '1.34.10' };
    const { legs } = plan({ ...inputs, instance: 'a'.repeat(23) }, run);
    expect(legs[1]?.['node-resource-group']).toHaveLength(80);
    expect(() => plan({ ...inputs, instance: 'a'.repeat(26) }, run)).toThrow(
      /southeastasia-1\.34\.10": is too long .* choose an instance shorter by 3/,
    );
  });
});
