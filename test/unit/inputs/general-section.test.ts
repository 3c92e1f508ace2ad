import { describe, expect, it } from '@jest/globals';
import { instanceOrDefault, reportDirectoryOrDefault } from '../../../src/inputs/general-section.js';
import { someRun } from '../fakes.js';
import { environmentOf, problemsOf, requestFor } from './read.js';

const { tempFolder } = someRun;

describe('the folder of the report of wrong inputs', () => {
  it.each([
    ['the one that was given', { 'report-directory': ' /reports ' }, '/reports'],
    ['that of the step when none was given', { GITHUB_ACTION: 'deploy' }, `${tempFolder}/migratorydata-aks/deploy`],
    [
      'that of the step when what was given is no path',
      { 'report-directory': 'a\nb' },
      `${tempFolder}/migratorydata-aks/step`,
    ],
  ])('is %s', (_, given, folder) => {
    expect(reportDirectoryOrDefault(someRun, environmentOf(given))).toBe(folder);
  });
});

describe('the instance of a job with a long id', () => {
  const job = 'j'.repeat(100);

  it.each([60, 62, 100])('is valid by default: %i characters', length => {
    const run = { ...someRun, job: job.slice(0, length) };
    const [first, second] = ['0', '1'].map(index =>
      instanceOrDefault(run, environmentOf({ instance: `${run.job}-${index}` })),
    );
    expect(first).toMatch(/^j{40,60}[\w-]*$/);
    expect(first?.length).toBeLessThanOrEqual(63);
    expect(second).not.toBe(first);
  });

  it('is refused if it was given', () => {
    expect(problemsOf({ instance: job })).toEqual([expect.stringContaining('must be 1 to 63 letters')]);
  });
});

describe('names that are made of an instance', () => {
  const namesOf = (instance: string): readonly string[] => {
    const { target, cluster } = requestFor('create', { instance });
    return [target.resourceGroup, cluster.nodeResourceGroup];
  };

  it.each([61, 63])('differ if only the last character of its %i differs, and fit', length => {
    const [group = '', nodes = ''] = namesOf(`${'x'.repeat(length - 1)}1`);
    const [otherGroup, otherNodes] = namesOf(`${'x'.repeat(length - 1)}2`);
    expect([group.length <= 90, nodes.length <= 80]).toEqual([true, true]);
    expect([otherGroup === group, otherNodes === nodes]).toEqual([false, false]);
  });

  it('are those of AKS if they are short enough', () => {
    expect(namesOf('check-0')).toEqual(['rg-migratorydata-4711-check-0', '']);
  });
});
