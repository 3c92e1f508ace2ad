import { createHash } from 'node:crypto';
import { Agent, createServer, request as httpRequest, type Server } from 'node:http';

import type { PeerAnswer, PeerRequest } from './replica.js';

const answerMs = 500;
const publishMs = 4_000;

/**
 * Returns what members must have in common to belong together: the ordered list, the number of seed members, the delivery
 * mode and the password.
 */
export function keyOfCluster(facts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Returns a function that sends requests to other members, by the names in their list. */
export function createPeerClient(key: string): (member: string, request: PeerRequest) => Promise<PeerAnswer> {
  const agent = new Agent({ keepAlive: true });
  return (member, request) =>
    new Promise((resolve, reject) => {
      const timeout = request.kind === 'publish' ? publishMs : answerMs;
      const sent = httpRequest(
        `http://${member}/`,
        { method: 'POST', agent, headers: { 'x-cluster': key } },
        response => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => {
            if (response.statusCode === 200) resolve(JSON.parse(text) as PeerAnswer);
            else reject(new Error(`${member} answered ${String(response.statusCode)}`));
          });
        },
      );
      // Of the whole request: a name that does not resolve, a member that hangs.
      const timer = setTimeout(() => sent.destroy(new Error(`${member} did not answer`)), timeout);
      sent.on('error', reject).on('close', () => {
        clearTimeout(timer);
      });
      sent.end(JSON.stringify(request));
    });
}

/** Returns the server for the requests of other members. A member of another configuration is refused. */
export function createPeerServer(key: string, answer: (request: PeerRequest) => Promise<PeerAnswer>): Server {
  return createServer((request, response) => {
    if (request.headers['x-cluster'] !== key) {
      response.writeHead(403).end();
      return;
    }
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      answer(JSON.parse(text) as PeerRequest).then(
        body => response.writeHead(200).end(JSON.stringify(body)),
        () => response.destroy(),
      );
    });
  });
}
