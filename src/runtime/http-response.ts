/** How a response is read: `ending` is one after which the server closes the connection. */
export type ResponseEnd = 'answered' | 'ending';

/** More than any server sends as the head of a response. */
const headLimit = 64 * 1024;

/**
 * Returns a function that takes the parts of one response as they arrive, and returns how it ended, or undefined while it
 * is incomplete. Only the frame is read (RFC 9112, sections 6 and 7): persistent connections need where a response ends,
 * and 5,000 of them need to be small.
 * The function throws Error for what is no response of HTTP/1.
 */
export function createResponseReader(): (chunk: Buffer) => ResponseEnd | undefined {
  let head = '';
  let body: BodyReader | undefined;
  let end: ResponseEnd = 'answered';
  return chunk => {
    if (body !== undefined) return body(chunk) ? end : undefined;
    head += chunk.toString('latin1');
    for (;;) {
      const length = head.indexOf('\r\n\r\n');
      if (length < 0) {
        if (head.length > headLimit) throw new Error('the head of the response is too long');
        return undefined;
      }
      const frame = readHead(head.slice(0, length));
      head = head.slice(length + 4);
      // An interim response precedes the response.
      if (frame === 'interim') continue;
      ({ end, body } = frame);
      return body(Buffer.from(head, 'latin1')) ? end : undefined;
    }
  };
}

/** Takes the parts of a body; returns true when it is complete. */
type BodyReader = (chunk: Buffer) => boolean;

function readHead(head: string): { readonly end: ResponseEnd; readonly body: BodyReader } | 'interim' {
  const [first = '', ...lines] = head.split('\r\n');
  const [, version, status = ''] = /^HTTP\/1\.([01]) (\d{3})/.exec(first) ?? [];
  if (version === undefined) throw new Error('the response is not HTTP/1');
  if (status.startsWith('1')) return 'interim';
  const headers = new Map(
    lines.map(line => {
      const [name = '', ...rest] = line.split(':');
      return [name.toLowerCase(), rest.join(':').trim().toLowerCase()];
    }),
  );
  const connection = headers.get('connection') ?? '';
  const isKept = version === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  const end = isKept ? 'answered' : 'ending';
  if (status === '204' || status === '304') return { end, body: () => true };
  if (headers.get('transfer-encoding')?.endsWith('chunked') === true) return { end, body: createChunkReader() };
  const length = Number(headers.get('content-length') ?? NaN);
  // Without a length, the body ends with the connection.
  return Number.isInteger(length) ? { end, body: createLengthReader(length) } : { end: 'ending', body: () => true };
}

function createLengthReader(length: number): BodyReader {
  let left = length;
  return chunk => {
    left -= chunk.length;
    return left <= 0;
  };
}

/** Reads chunks until the last one, and the trailer. */
function createChunkReader(): BodyReader {
  let rest = '';
  let skip = 0;
  let isTrailer = false;
  return chunk => {
    rest += chunk.toString('latin1');
    for (;;) {
      const skipped = Math.min(skip, rest.length);
      skip -= skipped;
      rest = rest.slice(skipped);
      const length = rest.indexOf('\r\n');
      if (skip > 0 || length < 0) return false;
      const line = rest.slice(0, length);
      rest = rest.slice(length + 2);
      if (isTrailer) {
        if (line === '') return true;
        continue;
      }
      const size = /^[0-9a-f]+/i.exec(line)?.[0];
      if (size === undefined) throw new Error('a chunk of the response has no size');
      isTrailer = parseInt(size, 16) === 0;
      // Each chunk ends with a line break.
      skip = isTrailer ? 0 : parseInt(size, 16) + 2;
    }
  };
}
