import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, type Frame, opcodes } from './websocket.js';

/** The subprotocol of the API server for a connection to one port of a pod; see k8s.io/kubelet, package portforward. */
export const portForwardProtocol = 'v4.channel.k8s.io';

const dataChannel = 0;
/** The server begins each channel with the number of the port, in two bytes. */
const portBytes = 2;

/**
 * Returns the connection to a port of a pod that a websocket carries. It fails with the words of the kubelet when the
 * kubelet cannot connect.
 */
export function podStreamOver(socket: Duplex): Duplex {
  const readFrames = createFrameReader();
  const toSkip = [portBytes, portBytes];
  let channel = dataChannel;
  let error = '';
  const stream = new (process.getBuiltinModule('node:stream').Duplex)({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      socket.write(encodeFrame(opcodes.binary, Buffer.concat([Buffer.from([dataChannel]), chunk])), done);
    },
    destroy(reason, done) {
      socket.destroy();
      done(reason);
    },
  });
  const end = (): void => {
    if (error !== '') stream.destroy(new Error(error));
    else stream.push(null);
  };
  const take = ({ opcode, payload }: Frame): void => {
    if (opcode === opcodes.ping) socket.write(encodeFrame(opcodes.pong, payload));
    if (opcode === opcodes.close) end();
    if (opcode !== opcodes.binary && opcode !== opcodes.continuation) return;
    if (opcode === opcodes.binary) channel = payload.at(0) ?? dataChannel;
    const content = opcode === opcodes.binary ? payload.subarray(1) : payload;
    const skipped = Math.min(toSkip[channel] ?? 0, content.length);
    toSkip[channel] = (toSkip[channel] ?? 0) - skipped;
    const data = content.subarray(skipped);
    if (data.length === 0) return;
    if (channel !== dataChannel) error += data.toString('utf8');
    else if (!stream.push(data)) socket.pause();
  };
  socket.on('data', (chunk: Buffer) => {
    for (const frame of readFrames(chunk)) if (!stream.destroyed && !stream.readableEnded) take(frame);
  });
  socket.on('end', end);
  socket.on('error', reason => stream.destroy(reason));
  socket.on('close', () => {
    if (!stream.readableEnded) end();
  });
  return stream;
}
