import { describe, expect, it } from '@jest/globals';
import { environmentName } from '../../../src/inputs/environment.js';
import { planWorkflow } from '../../../src/workflows/plan.js';

function plan(inputs: Readonly<Record<string, string>>): ReturnType<typeof planWorkflow> {
  return planWorkflow(
    Object.fromEntries(
      Object.entries({ workflow: 'deploy', ...inputs }).map(([name, value]) => [environmentName(name), value]),
    ),
    'abc123',
  );
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
    expect(() => plan({ options: 'timeout=5h' })).not.toThrow();
    expect(() => plan({ options: 'timeout=6h' })).toThrow('must be from 1s to 5h');
    expect(() => plan({ timeout: '6h' })).toThrow('must be from 1s to 5h');
  });

  it('makes a leg of each region with each version', () => {
    const { legs } = plan({ workflow: 'matrix', locations: 'eastus, westeurope', 'kubernetes-versions': '1.34' });
    expect(legs.map(({ instance }) => instance)).toEqual(['main-eastus-1.34', 'main-westeurope-1.34']);
  });
});
