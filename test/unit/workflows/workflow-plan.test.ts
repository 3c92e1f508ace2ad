import { describe, expect, it } from '@jest/globals';
import { noConfig } from '../../../src/inputs/config-source.js';
import { planWorkflow } from '../../../src/workflows/workflow-plan.js';
import { load, workspaceWith } from '../inputs/config.js';

type Inputs = Readonly<Record<string, string | number | boolean>>;

/** Plans a workflow whose inputs are these, and an empty `options`. */
function plan(
  workflow: string,
  inputs: Inputs = {},
  config = noConfig,
  runId = '4711',
): ReturnType<typeof planWorkflow> {
  const options = JSON.stringify({ options: '', ...inputs });
  return planWorkflow({ INPUT_WORKFLOW: workflow, INPUT_OPTIONS: options, GITHUB_RUN_ID: runId }, config, 'abc123');
}

/** The inputs of a workflow that has names of the cluster. */
const named = { 'resource-group': '', 'cluster-name': '' };

describe('the plan of a workflow', () => {
  it('has the instance, and a unique name for the reports', () => {
    expect(plan('deploy')).toEqual({
      ...{ instance: 'main', reports: 'migratorydata-deploy-main-abc123', legs: [] },
      ...{ 'config-digest': 'none', 'resource-group': '' },
    });
    expect(plan('deploy', { instance: 'shop' }).reports).toBe('migratorydata-deploy-shop-abc123');
  });

  it.each(['provider', 'teardown', 'dry-run', 'operation', 'report-directory', 'instance', 'config-digest'])(
    'refuses %s in the options, because the workflow would use another value than the action',
    name => {
      expect(() => plan('e2e', { options: `rest=true\n  ${name} = x` })).toThrow(
        `"${name}": must be the same for all jobs of the workflow; remove it`,
      );
      expect(() => plan('e2e', { [name]: '', options: `{rest: true, ${name}: x}` })).toThrow(
        `give ${name} as an input of the workflow`,
      );
    },
  );

  it('takes the names of the cluster where a workflow has them: as inputs, otherwise as options', () => {
    expect(() => plan('deploy', { ...named, options: '{resource-group: rg}' })).toThrow(
      'give resource-group as an input',
    );
    expect(() => plan('deploy', { ...named, options: '{cluster-name: aks}' })).toThrow('give cluster-name as an input');
    expect(plan('deploy', { ...named, 'resource-group': 'rg' })['resource-group']).toBe('rg');
    expect(plan('e2e', { options: '{resource-group: rg, cluster-name: aks}' })['resource-group']).toBe('rg');
  });

  it.each(['resource-group', 'location', 'kubernetes-version', 'node-resource-group', 'existing-cluster', 'dns-label'])(
    'refuses %s in the options of a matrix, whose legs differ by it',
    name => {
      expect(() => plan('matrix', { options: `{${name}: x}` })).toThrow(`"${name}": must be the same`);
      expect(() => plan('e2e', { options: `{${name}: x}` })).not.toThrow();
    },
  );

  it('limits the timeout, both as an input and as an option', () => {
    expect(() => plan('chaos', { options: 'timeout=5h' })).not.toThrow();
    expect(() => plan('chaos', { options: 'timeout=6h' })).toThrow('must be from 1s to 5h');
    expect(() => plan('chaos', { timeout: '6h' })).toThrow('must be from 1s to 5h');
  });

  it('divides the time limit among the steps of a job', () => {
    const remedy = 'each of the 3 steps of a job can take at most 1h40m';
    expect(() => plan('deploy', { timeout: '1h40m' })).not.toThrow();
    expect(() => plan('deploy', { timeout: '1h41m' })).toThrow(remedy);
    expect(() => plan('deploy', { options: 'timeout=2h' })).toThrow(remedy);
    expect(() => plan('check', { timeout: '90m' })).toThrow('must be from 1s to 1h15m');
  });

  it('has the SHA-256 of the config file, and fails for what is wrong with it', async () => {
    const config = await load(workspaceWith('configVersion: 1\nazure: { location: westeurope }\n'));
    expect(plan('deploy', {}, config)['config-digest']).toBe(config.file?.digest);
    const wrong = await load(workspaceWith('configVersion: 1\nazure: { resource-group: rg }\n'));
    expect(() => plan('deploy', {}, wrong)).toThrow('must not be in this file');
  });
});

describe('the plan of a matrix', () => {
  const both = { locations: 'eastus, westeurope', 'kubernetes-versions': '1.34' };

  it('has a leg for each combination of region and version', () => {
    expect(plan('matrix', both).legs.map(({ instance }) => instance)).toEqual([
      ...['main-eastus-1.34', 'main-westeurope-1.34'],
    ]);
    expect(plan('deploy', both).legs).toEqual([]);
  });

  it('has the region of the config file without one of its own, and no name that all legs would share', async () => {
    expect(plan('matrix').legs.map(({ location }) => location)).toEqual(['eastus']);
    const config = await load(workspaceWith('configVersion: 1\nazure: { location: westeurope }\n'));
    expect(plan('matrix', {}, config).legs.map(({ location }) => location)).toEqual(['westeurope']);
    const labelled = await load(workspaceWith('configVersion: 1\nexposure: { dns-label: shop }\n'));
    expect(() => plan('matrix', {}, labelled)).toThrow(
      '.github/migratorydata.yml:2:24 exposure.dns-label: would be the same in all legs',
    );
  });

  it('limits the instance by the length of the node resource group in Azure', () => {
    const inputs = { locations: 'eastus,southeastasia', 'kubernetes-versions': '1.34.10' };
    const { legs } = plan('matrix', { ...inputs, instance: 'a'.repeat(23) }, noConfig, '19876543210');
    expect(legs[1]?.['node-resource-group']).toHaveLength(80);
    expect(() => plan('matrix', { ...inputs, instance: 'a'.repeat(26) }, noConfig, '19876543210')).toThrow(
      /southeastasia-1\.34\.10": is too long .* choose an instance that is shorter by 3/,
    );
  });
});
