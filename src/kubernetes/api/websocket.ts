/** The frames of RFC 6455, as far as a client of the API server needs them. */

export const opcodes = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Returns a complete frame of a client, which must be masked; any mask will do where nothing caches. */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const masked = 0x80;
  const mask = Buffer.alloc(4);
  const size = length < 126 ? Buffer.from([masked | length]) : Buffer.alloc(length < 0x10000 ? 3 : 9);
  if (length >= 0x10000) {
    size.writeUInt8(masked | 127);
    size.writeBigUInt64BE(BigInt(length), 1);
  } else if (length >= 126) {
    size.writeUInt8(masked | 126);
    size.writeUInt16BE(length, 1);
  }
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, mask, payload]);
}

/** Returns a function that takes what arrives from a server, and returns the frames that are complete with it. */
export function createFrameReader(): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  return chunk => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      frames.push(frame);
      rest = rest.subarray(frame.bytes);
    }
    return frames;
  };
}

/** Returns undefined when the first frame is not complete. */
function firstFrame(bytes: Buffer): (Frame & { readonly bytes: number }) | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const header = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (bytes.length < header) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < header + length) return undefined;
  return {
    ...{ opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(header, header + length) },
    bytes: header + length,
  };
}
