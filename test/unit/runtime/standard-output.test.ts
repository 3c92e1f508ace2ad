import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { resolve } from 'node:path';
import { print } from '../../../src/runtime/standard-output.js';

describe('print', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Replaces standard output by one that takes so many bytes at a time, or fails with such a code. Returns what it took. */
  const outputThatTakes = (...answers: readonly (number | string)[]): (() => string) => {
    const taken: Buffer[] = [];
    let next = 0;
    jest.spyOn(fs, 'writeSync').mockImplementation((_descriptor: number, part: unknown) => {
      const answer = answers[next] ?? 'EIO';
      next += 1;
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      const piece = (part as Buffer).subarray(0, answer);
      taken.push(Buffer.from(piece));
      return piece.length;
    });
    return () => Buffer.concat(taken).toString();
  };

  it('writes all of a text that the system takes in parts', () => {
    const taken = outputThatTakes(3, 4, 100);
    print('Zürich is Ready\n');
    expect(taken()).toBe('Zürich is Ready\n');
  });

  it('waits for a slow reader', () => {
    const taken = outputThatTakes('EAGAIN', 6, 'EAGAIN', 'EAGAIN', 100);
    print('node-1 is Ready\n');
    expect(taken()).toBe('node-1 is Ready\n');
  });

  it('does not fail when nobody reads any more', () => {
    const taken = outputThatTakes(4, 'EPIPE');
    print('node-1 is Ready\n');
    expect(taken()).toBe('node');
  });

  it.each([
    ['waits for its reader', ''],
    ['does not wait for its reader', 'process.stdout;'],
  ])('prints everything in order before the process exits, to a pipe that %s', (_what, first) => {
    const program = `import { print } from '${resolve('build/src/runtime/standard-output.js')}';
      ${first}
      for (let line = 0; line < 5_000; line += 1) print(line + ' '.repeat(1_000) + '\\n');
      process.exit();`;
    const argv = ['--input-type=module', '--eval', program];
    const printed = execFileSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 1e8 });
    const lines = printed.split('\n').slice(0, -1).map(Number);
    expect(lines).toEqual(Array.from({ length: 5_000 }, (_, line) => line));
  });
});
