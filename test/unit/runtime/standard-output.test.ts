import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fs from 'node:fs';
import { print } from '../../../src/runtime/standard-output.js';

describe('print', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Replaces standard output by one that takes at most so many bytes at a time, and then none. Returns what it took. */
  const outputThatTakes = (
    ...sizes: readonly number[]
  ): { readonly taken: () => string; readonly left: () => string } => {
    const taken: Buffer[] = [];
    let left = '';
    let next = 0;
    jest.spyOn(fs, 'writeSync').mockImplementation((_descriptor: number, part: unknown) => {
      const size = sizes[next];
      next += 1;
      if (size === undefined) throw Object.assign(new Error('try again'), { code: 'EAGAIN' });
      const piece = (part as Buffer).subarray(0, size);
      taken.push(Buffer.from(piece));
      return piece.length;
    });
    jest.spyOn(process.stdout, 'write').mockImplementation(part => {
      left += String(part);
      return true;
    });
    return { taken: () => Buffer.concat(taken).toString(), left: () => left };
  };

  it('writes all of a text that the system takes in parts', () => {
    const output = outputThatTakes(3, 4, 100);
    print('Zürich is Ready\n');
    expect([output.taken(), output.left()]).toEqual(['Zürich is Ready\n', '']);
  });

  it('leaves the rest to the stream when the reader is slow', () => {
    const output = outputThatTakes(8);
    print('node-1 is Ready\n');
    expect([output.taken(), output.left()]).toEqual(['node-1 i', 's Ready\n']);
  });

  it('writes nothing for an empty text', () => {
    const output = outputThatTakes();
    print('');
    expect([output.taken(), output.left()]).toEqual(['', '']);
  });
});
