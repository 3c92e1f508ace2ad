import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where a forwarded connection goes: to a port of loopback, nowhere at all, or it fails with the words of the kubelet. */
export type ForwardTarget = { readonly port: number } | 'hang' | { readonly refusal: string };

const protocol = 'v4.channel.k8s.io';
/** See RFC 6455, section 1.3. */
const handshakeId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Answers a request for `portforward` over a websocket as the kubelet does: channel 0 has the data and channel 1 the error,
 * and each begins with the number of the port.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
export function forwardPort(request: IncomingMessage, socket: Duplex, podPort: number, target: ForwardTarget): void {
  const key = `${request.headers['sec-websocket-key'] ?? ''}${handshakeId}`;
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  const send = (channel: number, data: Buffer): void => {
    const size = Buffer.alloc(9, 127);
    size.writeBigUInt64BE(BigInt(data.length + 1), 1);
    socket.write(Buffer.concat([Buffer.from([0x82]), size, Buffer.from([channel]), data]));
  };
  const port = Buffer.from([podPort & 0xff, podPort >> 8]);
  send(0, port);
  send(1, port);
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  if (target === 'hang') {
    socket.resume();
    return;
  }
  if ('refusal' in target) {
    send(1, Buffer.from(target.refusal));
    socket.end(Buffer.from([0x88, 0]));
    return;
  }
  const inner = connect(target.port, '127.0.0.1');
  inner.on('data', data => {
    send(0, data);
  });
  inner.on('end', () => socket.end(Buffer.from([0x88, 0])));
  inner.on('error', () => socket.destroy());
  socket.on('close', () => inner.destroy());
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let taken = takeFrame(rest); taken !== undefined; taken = takeFrame(rest)) {
      rest = rest.subarray(taken.bytes);
      if (taken.opcode === 2) inner.write(taken.payload.subarray(1));
    }
  });
}

/** Reads one frame of a client, whose payload is masked. */
function takeFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const before = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < before + 4) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = before + 4 + length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(before, before + 4);
  const payload = Buffer.from(bytes.subarray(before + 4, end).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, bytes: end };
}
