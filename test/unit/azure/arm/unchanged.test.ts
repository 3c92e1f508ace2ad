import { describe, expect, it } from '@jest/globals';
import { whileUnchanged } from '../../../../src/azure/arm/unchanged.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import { rejection } from '../fixtures.js';

const changed = new ActionError('azure-precondition', 'changed');

/** Writes while these etags are read in turn; the first `refusals` writes fail. Returns the etags of the writes. */
async function write(
  read: readonly (string | undefined)[],
  refusals: number,
  error = changed,
): Promise<{ readonly written: readonly string[]; readonly error: unknown; readonly reads: number }> {
  const left = [...read];
  const written: string[] = [];
  const outcome = whileUnchanged(
    () => {
      const etag = left.shift();
      return Promise.resolve(etag === undefined ? undefined : { etag });
    },
    (_, etag) => {
      written.push(etag);
      return written.length <= refusals ? Promise.reject(error) : Promise.resolve();
    },
  );
  const failure = await outcome.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { written, error: failure, reads: read.length - left.length };
}

describe('whileUnchanged', () => {
  it('writes with the etag that it has read', async () => {
    expect(await write(['a'], 0)).toEqual({ written: ['a'], error: undefined, reads: 1 });
  });

  it('reads again when the resource has changed', async () => {
    expect(await write(['a', 'b', 'c'], 2)).toEqual({ written: ['a', 'b', 'c'], error: undefined, reads: 3 });
  });

  it('writes without an etag when Azure refuses the one that it still returns', async () => {
    expect(await write(['a', 'a'], 1)).toEqual({ written: ['a', ''], error: undefined, reads: 2 });
    expect(await write(['a', 'b', 'b'], 2)).toEqual({ written: ['a', 'b', ''], error: undefined, reads: 3 });
  });

  it('writes with the newer etag when the resource changes after a refused one', async () => {
    expect(await write(['a', 'a', 'b'], 2)).toEqual({ written: ['a', '', 'b'], error: undefined, reads: 3 });
  });

  it('gives up after three tries', async () => {
    expect(await write(['a', 'b', 'c', 'd'], 4)).toEqual({ written: ['a', 'b', 'c'], error: changed, reads: 3 });
  });

  it('writes without an etag when there is none', async () => {
    expect((await write([undefined], 0)).written).toEqual(['']);
    expect((await write([''], 0)).written).toEqual(['']);
  });

  it('does not repeat other errors, of writing or of reading', async () => {
    const forbidden = new ActionError('azure-forbidden', 'no');
    expect(await write(['a'], 1, forbidden)).toEqual({ written: ['a'], error: forbidden, reads: 1 });
    const unread = whileUnchanged(
      () => Promise.reject<{ readonly etag: string }>(forbidden),
      () => Promise.resolve(),
    );
    expect(await rejection(unread)).toBe(forbidden);
  });
});
