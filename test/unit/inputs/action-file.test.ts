import { describe, expect, it } from '@jest/globals';
import { nameDefaults, parseActionFile } from '../../../scripts/docs/action-file.js';
import { noBaseline } from '../../../src/inputs/baseline-report.js';
import { noConfig } from '../../../src/inputs/config-source.js';
import { checkCombinations } from '../../../src/inputs/cross-rules.js';
import { inputNames } from '../../../src/inputs/input-defaults.js';
import { createProblems } from '../../../src/inputs/problems.js';
import { readRawInputs } from '../../../src/inputs/raw-inputs.js';
import { createReader } from '../../../src/inputs/reader.js';
import { type Operation, operations } from '../../../src/inputs/request.js';
import { readSections } from '../../../src/inputs/sections.js';
import { someRun } from '../fakes.js';
import { actionFile, actionYaml, problemsOf, read } from './read.js';

const outputs = `outcome config-path config-digest report-directory resource-group cluster-name cluster-id node-resource-group location
  kubernetes-version kubeconfig namespace node-vm-size hpa external-ip hostname url replicas ready-members image manifests
  changed verdict outage-ms recovery-ms availability lost-messages degraded-ms report-json report-junit report-svg
  created-cluster created-resource-group creation-id expires-at deleted swept error-code error-transient error-hint`;

describe('action.yml', () => {
  it('has the outputs of the contract and no others', () => {
    expect(Object.keys(actionFile.outputs).sort()).toEqual(outputs.split(/\s+/).sort());
  });

  it('has inputs that the code reads, every one of them', () => {
    const asked = new Set(['config', 'config-digest', 'options', 'baseline-report']);
    const problems = createProblems([]);
    const raw = readRawInputs({ env: {}, run: someRun }, problems);
    const text = (name: string): string => {
      asked.add(name);
      return raw.text(name);
    };
    const reader = createReader({ ...raw, text }, problems);
    checkCombinations(reader, readSections(reader, someRun, {}, { config: noConfig, baseline: noBaseline }), someRun);
    expect(Object.keys(actionFile.inputs)).toEqual(inputNames);
    expect(inputNames.filter(name => !asked.has(name))).toEqual([]);
    expect(() => raw.text('regoin')).toThrow('There is no input named regoin.');
  });

  it('names the default of an input at the end of its description, and leaves it to the sources', () => {
    expect(actionYaml).toContain('length.\n      Default: `5`.\n    required: false\n  seed-members:');
    expect(nameDefaults(actionYaml)).toBe(actionYaml);
    expect(nameDefaults(actionYaml.replace('Default: `5`.', 'Default: `6`.'))).toBe(actionYaml);
    expect(actionFile.inputs['max-replicas']).toMatchObject({ default: '5' });
    expect(JSON.stringify(actionFile)).not.toContain('Default: `');
  });

  it('has defaults that make an e2e request by themselves', () => {
    const { request } = read();
    expect(request).toMatchObject({
      operation: 'e2e',
      general: {
        instance: 'check-0',
        dryRun: false,
        timeoutMs: 90 * 60_000,
        reportDirectory: `${someRun.tempFolder}/migratorydata-aks/step`,
        summary: true,
        comment: { when: 'never', cluster: 'rg-migratorydata-RUN-check-0/aks-migratorydata/migratory/migratorydata' },
      },
      target: {
        kind: 'aks',
        subscriptionId: '',
        resourceGroup: 'rg-migratorydata-4711-check-0',
        clusterName: 'aks-migratorydata',
        resourceGroupGiven: false,
        credentials: 'auto',
      },
      cluster: {
        location: 'eastus',
        nodeCount: 3,
        minNodes: 3,
        maxNodes: 5,
        nodeVmSizes: ['Standard_D2s_v5', 'Standard_D2as_v5', 'Standard_D2s_v4'],
        createTimeoutMs: 25 * 60_000,
        ttlMs: 4 * 3_600_000,
      },
      deployment: {
        namespace: 'migratory',
        image: 'migratorydata/server:6.0.24',
        replicas: 3,
        minReplicas: 3,
        maxReplicas: 5,
        seedMembers: 3,
        memory: '128MB',
        exposure: { serviceType: 'public', clientPort: 80, sourceRanges: ['runner'], trafficPolicy: 'Local' },
        secrets: {},
      },
      scaling: { steps: [5, 4] },
      autoscaling: { cpuPercent: 50 },
      chaos: {
        ...{ experiments: ['drain'], whenBlocked: 'surge', steadyMs: 30_000, probeIntervalMs: 200 },
        limits: { maxOutageMs: 30_000, maxDegradedMs: 60_000, maxRecoveryMs: 15 * 60_000 },
      },
      teardown: { policy: 'always', waitForDeletion: false },
    });
  });

  it.each(operations.map(operation => [operation]))('has defaults that fit operation %s', (operation: Operation) => {
    expect(problemsOf({ operation })).toEqual([]);
  });

  it('runs one bundle in both phases, the second always', () => {
    expect(actionYaml).toMatch(
      /runs:\n {2}using: node24\n {2}main: dist\/index\.js\n {2}post: dist\/index\.js\n {2}post-if: always\(\)\n/,
    );
  });
});

describe('parseActionFile', () => {
  it.each([
    ['name: x\ndescription: y\noutputs: {}', 'inputs and outputs must be mappings'],
    ['name: x\ndescription: y\ninputs: { a: { default: "" } }\noutputs: {}', 'inputs.a.description must be a text'],
    ['name: x\ndescription: y\ninputs: { a: { description: b } }\noutputs: {}', 'inputs.a is not in src/inputs'],
    ['name: x\ndescription: y\ninputs: {}\noutputs: { c: {} }', 'outputs.c.description must be a text'],
    ['description: y\ninputs: {}\noutputs: {}', 'name must be a text'],
  ])('refuses %j', (yaml, reason) => {
    expect(() => parseActionFile(yaml)).toThrow(reason);
  });
});
