import fs from 'node:fs';
import { codeOf } from './thrown.js';

/** The file descriptor of standard output; see stdout(3). */
const descriptor = 1;
/** How long to wait for a slow reader before the next try, in milliseconds; nothing tells when it has read. */
const retryMs = 1;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes a text to standard output, and returns when it is written. `process.stdout` loses what a slow reader has not read
 * when the process exits, and loads streams and sockets, a tenth of the start of a step that needs no network.
 */
export function print(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      // Without a reader, the step still ends what it has begun.
      if (codeOf(error) !== 'EAGAIN') return;
      Atomics.wait(never, 0, 0, retryMs);
    }
  }
}
