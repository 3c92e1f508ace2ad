import { describe, expect, it } from '@jest/globals';
import { writeDuration } from '../../src/inputs/parsers.js';
import { stepsOfJob } from '../../src/workflows/workflow-plan.js';
import { actionFile, requestOf } from './support/inputs.js';
import { readText } from './support/project-files.js';
import { givenTo, publicWorkflows, scopeOf } from './support/public-workflows.js';

const forwardMs = 5 * 3_600_000;
const calls = publicWorkflows().map(({ name, workflow }) => ({ name, ...workflow.on.workflow_call }));

/** The cells of the tables under a heading, a row each, with the head of the table first. */
function rowsOf(path: string, heading: string): readonly (readonly string[])[] {
  const section = readText(path).split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| ?(.*) \|$/gm)].map(([, row = '']) => row.split('|').map(cell => cell.trim()));
  return rows.filter(([first]) => first !== '---');
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
}

function workflowsIn(cell: string): readonly string[] {
  return [...cell.matchAll(/([\w-]+)\.yml/g)].map(([, name = '']) => name);
}

describe('docs/workflows.md', () => {
  const [head = [], ...secrets] = rowsOf('docs/workflows.md', 'Secrets');
  const outputs = rowsOf('docs/workflows.md', 'Outputs').slice(1);

  /** `yes` stands for all workflows of its column, a name for that one. */
  const secretsOf = (workflow: string): readonly string[] =>
    secrets.flatMap(([names = '', ...cells]) => {
      const takes = cells.some((cell, column) => {
        const those = head[column + 1]?.split(', ') ?? [];
        return those.includes(workflow) && (cell === 'yes' || cell === workflow);
      });
      return takes ? namesIn(names) : [];
    });

  it.each(calls)('has the inputs of $name.yml', ({ name, inputs }) => {
    const rows = rowsOf('docs/workflows.md', 'Inputs').filter(([first]) => first === 'all' || first === `${name}.yml`);
    expect(rows.flatMap(([, names = '']) => namesIn(names))).toEqual(Object.keys(inputs));
  });

  it.each(calls)('has the secrets of $name.yml', ({ name, secrets: declared = {} }) => {
    expect([...secretsOf(name)].sort()).toEqual(Object.keys(declared).sort());
  });

  it.each(calls)('names no output that $name.yml does not have', ({ name, outputs: declared = {} }) => {
    const told = outputs.flatMap(([which = '', names = '']) => {
      const listed = workflowsIn(which);
      const meant = which.startsWith('all') ? !listed.includes(name) : listed.includes(name);
      const [always = '', ...sometimes] = workflowsIn(names).includes(name) ? names.split('; with') : [names];
      return meant ? namesIn([always, ...sometimes.slice(1)].join(' ')) : [];
    });
    expect(told).toContain('outcome');
    expect(told.filter(output => !(output in declared))).toEqual([]);
  });
});

describe('the times in docs/workflows.md', () => {
  const rows = rowsOf('docs/workflows.md', 'Time').slice(1);

  it('are those of each workflow', () => {
    const told = rows.flatMap(([which = '', , most = '', fallback = '']) =>
      workflowsIn(which).map(name => [name, ...namesIn(most), ...namesIn(fallback)].join(' ')),
    );
    const wanted = publicWorkflows().map(({ name, workflow }) => {
      const step = workflow.jobs[name]?.steps.find(({ with: given }) => given?.['operation'] !== undefined);
      const given = step === undefined ? {} : givenTo(step, scopeOf(workflow));
      const fallback = given['timeout'] || (actionFile.inputs['timeout']?.default ?? '');
      return [name, writeDuration(forwardMs / (stepsOfJob[name] ?? 1)), fallback].join(' ');
    });
    expect(told.sort()).toEqual(wanted.sort());
  });
});

describe('the table of workflows in docs/workflows.md', () => {
  const rows = rowsOf('docs/workflows.md', 'The ten workflows').slice(1);

  it('has each of them, with what its caller grants', () => {
    const told = rows.map(([workflow = '', , grants = '']) => `${workflow.replaceAll('`', '')} ${grants}`);
    const wanted = calls.map(({ name }) => `${name}.yml ${name === 'check' ? 'B' : 'A'}`);
    expect([...told].sort()).toEqual([...wanted].sort());
  });
});

describe('the tables of operations', () => {
  it.each([
    ['README.md', 'Operations'],
    ['docs/operations.md', 'All operations'],
  ])('%s has each of them, in the order of action.yml', (path, heading) => {
    const [, listed = ''] = /What to do: (.+?),? or e2e/.exec(actionFile.inputs['operation']?.description ?? '') ?? [];
    const names = rowsOf(path, heading).flatMap(([operation = '']) => namesIn(operation));
    // The head of the table names the input.
    expect(names).toEqual(['operation', ...listed.split(', '), 'e2e']);
  });
});

describe('the default e2e in docs/costs.md', () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const identity = { 'client-id': id, 'tenant-id': id, 'subscription-id': id };
  const request = requestOf({ uses: '$/', with: { operation: 'e2e', ...identity } });
  if (request.operation !== 'e2e') throw new Error('this is an e2e');
  const { cluster, general } = request;
  const rows = rowsOf('docs/costs.md', 'The default e2e')
    .slice(1)
    .map(([, nodes = '', length = '', total = '']) => ({
      nodes: Number(nodes),
      minutes: Number.parseInt(length, 10) * (length.endsWith('h') ? 60 : 1),
      vcpuHours: Number(total),
    }));

  it('is calculated from the nodes and the size of the defaults', () => {
    const vcpus = Number(/_D(\d+)/.exec(cluster.nodeVmSizes[0] ?? '')?.[1]);
    const { nodeCount, maxNodes } = cluster;
    expect(rows.map(({ nodes }) => nodes)).toEqual([nodeCount, nodeCount, maxNodes, maxNodes]);
    expect(rows.map(({ nodes, minutes }) => (nodes * vcpus * minutes) / 60)).toEqual(rows.map(row => row.vcpuHours));
  });

  it('is calculated from the times of the defaults', () => {
    const timeout = general.timeoutMs / 60_000;
    const timeToLive = (cluster.ttlMs ?? 0) / 60_000;
    expect(rows.slice(1).map(({ minutes }) => minutes)).toEqual([timeout, timeout + 9, timeToLive + 6 * 60]);
  });
});
