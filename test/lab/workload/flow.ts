import { connect, type Socket } from 'node:net';
import type { Route } from './routing.js';

export interface FlowOptions {
  readonly nodeIsAlive: (nodeName: string) => boolean;
  /** The connection is reset after this time without traffic; undefined: never. */
  readonly idleMs?: number;
}

/**
 * Carries the connection of a client along its route. As soon as one of its nodes loses power, nothing passes and
 * nothing is closed: the client sees silence. When the node runs again, it does not know the connection and resets it
 * at the next byte of the client.
 */
export function carry(client: Socket, route: Route, { nodeIsAlive, idleMs }: FlowOptions): void {
  client.on('error', () => client.destroy());
  if (route.kind === 'reset') {
    client.resetAndDestroy();
    return;
  }
  if (route.kind === 'hang') {
    client.resume();
    return;
  }
  const member = connect({ host: route.host, port: route.port, allowHalfOpen: true });
  let lost = false;
  const powered = (): boolean => route.nodes.every(nodeIsAlive);
  const isLost = (): boolean => (lost ||= !powered());

  client.on('data', chunk => {
    if (!isLost()) {
      if (!member.write(chunk)) client.pause();
    } else if (powered()) client.resetAndDestroy();
  });
  member.on('drain', () => client.resume());
  member.on('data', chunk => {
    if (!isLost() && !client.write(chunk)) member.pause();
  });
  client.on('drain', () => member.resume());

  client.on('end', () => {
    if (!isLost()) member.end();
  });
  member.on('end', () => {
    if (!isLost()) client.end();
  });
  client.on('close', () => member.destroy());
  member.on('error', (error: NodeJS.ErrnoException) => {
    // Packets to a real node without power are lost; only the neighbour table of the host knows that nobody has the address.
    if (error.code === 'EHOSTUNREACH' || error.code === 'ETIMEDOUT') lost = true;
    if (!isLost()) client.resetAndDestroy();
  });
  member.on('close', () => {
    if (isLost()) client.resume();
    else if (!client.writableEnded) client.destroy();
  });
  if (idleMs !== undefined) client.setTimeout(idleMs, () => client.resetAndDestroy());
}
