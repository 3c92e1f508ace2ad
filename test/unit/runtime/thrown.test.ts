import { describe, expect, it } from '@jest/globals';
import { reasonOf, toError } from '../../../src/runtime/thrown.js';

describe('a thrown value', () => {
  it('that is an error is itself, and says its message', () => {
    const error = new TypeError('no such file');
    expect([reasonOf(error), toError(error)]).toEqual(['no such file', error]);
  });

  it.each<[unknown, string]>([
    ['SIGTERM', 'SIGTERM'],
    [undefined, 'undefined'],
    [{ code: 1 }, '[object Object]'],
  ])('that is none, as %j, says its text', (thrown, text) => {
    expect([reasonOf(thrown), toError(thrown)]).toEqual([text, new Error(text)]);
  });
});
