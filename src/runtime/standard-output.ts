import fs from 'node:fs';

/** The file descriptor of standard output; see stdout(3). */
const descriptor = 1;

/**
 * Writes a text to standard output. `process.stdout` would load streams and sockets, a tenth of the start of a step that
 * needs no network; it gets what the system does not take at once, because the reader is slow.
 */
export function print(text: string): void {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(fs.writeSync(descriptor, rest));
  } catch {
    process.stdout.write(rest);
  }
}
