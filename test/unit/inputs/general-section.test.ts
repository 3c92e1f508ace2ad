import { describe, expect, it } from '@jest/globals';
import { reportDirectoryOrDefault } from '../../../src/inputs/general-section.js';
import { someRun } from '../fakes.js';
import { environmentOf } from './read.js';

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
