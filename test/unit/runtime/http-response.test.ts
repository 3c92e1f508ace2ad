import { describe, expect, it } from '@jest/globals';
import { createResponseReader } from '../../../src/runtime/http-response.js';

const lines = (...all: readonly string[]): string => all.map(one => `${one}\r\n`).join('');

/** Reads a response in parts of these sizes, in turn. Returns how it ended, and how much of it was read by then. */
function read(
  response: string,
  sizes: readonly number[],
): { readonly end: string | undefined; readonly bytes: number } {
  const reader = createResponseReader();
  const bytes = Buffer.from(response, 'latin1');
  let from = 0;
  for (let count = 0; from < bytes.length; count += 1) {
    const to = Math.min(bytes.length, from + (sizes[count % sizes.length] ?? 1));
    const end = reader(bytes.subarray(from, to));
    from = to;
    if (end !== undefined) return { end, bytes: from };
  }
  return { end: undefined, bytes: from };
}

const ok = 'HTTP/1.1 200 OK';
const responses = {
  'a length': ['answered', lines(ok, 'Content-Length: 5', '') + 'hello'],
  'a length of 0': ['answered', lines(ok, 'content-length: 0', '')],
  chunks: ['answered', lines(ok, 'Transfer-Encoding: chunked', '', '5;a=b', 'hello', 'C', 'hello\r\n\r\nyou', '0', '')],
  'chunks and a trailer': [
    'answered',
    lines(ok, 'Transfer-Encoding: gzip, chunked', '', '1', 'a', '0', 'Digest: b', ''),
  ],
  'no content': ['answered', lines('HTTP/1.1 204 No Content', '')],
  'an interim response': [
    'answered',
    lines('HTTP/1.1 103 Early Hints', 'Link: a', '', ok, 'Content-Length: 1', '') + 'a',
  ],
  'the end announced': ['ending', lines(ok, 'Connection: Close', 'Content-Length: 1', '') + 'a'],
  'an older version': ['ending', lines('HTTP/1.0 200 OK', 'Content-Length: 1', '') + 'a'],
  'an older version that keeps the connection': [
    'answered',
    lines('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 1', '') + 'a',
  ],
} as const;

describe('the frame of a response', () => {
  it.each(Object.entries(responses))('is read with %s, however it arrives', (_, [end, response]) => {
    for (const sizes of [[1], [2, 3], [7], [50, 1], [10_000]]) {
      expect(read(response, sizes)).toEqual({ end, bytes: response.length });
    }
  });

  it('ends with the connection if it has no length', () => {
    expect(read(lines(ok, ''), [10_000]).end).toBe('ending');
  });

  it.each(['SSH-2.0-OpenSSH_9.6\r\n\r\n', 'HTTP/2 200\r\n\r\n', 'x'.repeat(100_000)])(
    'is refused if it is not HTTP/1: %.10s',
    text => {
      expect(() => read(text, [1_000])).toThrow();
    },
  );
});
