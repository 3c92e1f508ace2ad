import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutputs, createState } from '../../../src/runtime/actions-ports.js';
import { keyAndValue } from '../../../src/runtime/workflow-commands.js';
import { readValues } from '../../support/commands.js';

describe('a name and a value', () => {
  it.each(['', 'plain', 'a=b', 'x<<y', 'first\nsecond', '\nghadelimiter_\n', 'end\n'])(
    'are read as written: %j',
    value => {
      expect(readValues(keyAndValue('name', value))).toEqual({ name: value });
    },
  );

  it('of several lines have a delimiter that nobody can know', () => {
    const delimiters = [1, 2].map(() => /<<(.+)/.exec(keyAndValue('name', 'a\nb'))?.[1]);
    expect(new Set(delimiters).size).toBe(2);
    expect(keyAndValue('name', 'a\rb')).toContain('<<');
  });
});

describe('outputs and state', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outputs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('go to the files that the runner names, one value after the other', async () => {
    const [GITHUB_OUTPUT, GITHUB_STATE] = [join(folder, 'output'), join(folder, 'state')];
    const outputs = createOutputs({ GITHUB_OUTPUT });
    outputs.set('members', 3);
    outputs.set('text', 'one\ntwo');
    outputs.set('members', true);
    expect(readValues(await readFile(GITHUB_OUTPUT, 'utf8'))).toEqual({ members: 'true', text: 'one\ntwo' });
    createState({ GITHUB_STATE }).save('undo', '[]');
    expect(readValues(await readFile(GITHUB_STATE, 'utf8'))).toEqual({ undo: '[]' });
  });

  it('are nowhere outside of GitHub', () => {
    expect(() => {
      createOutputs({}).set('members', 3);
      createState({}).save('undo', '[]');
    }).not.toThrow();
  });

  it('of an earlier phase are in the environment', () => {
    expect([createState({ STATE_undo: '[]' }).read('undo'), createState({}).read('undo')]).toEqual(['[]', '']);
  });
});
