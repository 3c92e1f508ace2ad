import { describe, expect, it } from '@jest/globals';
import { someService } from './fakes.js';
import type { Endpoint, ExposedService } from './objects.js';
import { answersProbe, type Route, routeThroughNode, type RoutingContext } from './routing.js';
import { readServerOptions } from './server-options.js';

const port = { name: 'client', port: 80, targetPort: 'client' };
const local = someService('cs', { externalTrafficPolicy: 'Local', ports: [port] });
const anywhere = someService('cs', { externalTrafficPolicy: 'Cluster', ports: [port] });

const ready = { ready: true, serving: true, terminating: false };
const ending = { ready: false, serving: true, terminating: true };
const down = { ready: false, serving: false, terminating: false };
const endpoint = (node: string, conditions: Endpoint['conditions']): Endpoint => ({
  nodeName: node,
  targetRef: { uid: `pod-on-${node}` },
  ...(conditions ? { conditions } : {}),
});

const listeners = { port: 4000, tlsPort: 4001 };

function context(endpoints: readonly Endpoint[], dark: readonly string[] = []): RoutingContext {
  const slice = {
    apiVersion: '',
    kind: '',
    metadata: { name: 's' },
    ports: [{ name: 'client', port: 8800 }],
    endpoints,
  };
  const options = readServerOptions(new Map());
  return {
    view: { slicesOf: () => [slice] },
    members: { find: uid => (uid === 'pod-on-gone' ? undefined : { ...listeners, nodeName: uid.slice(7), options }) },
    nodeIsAlive: name => !dark.includes(name),
    random: () => 0,
  };
}

const to = (...nodes: string[]): Route => ({ kind: 'server', host: '127.0.0.1', port: 4000, nodes });

describe('a connection at node a', () => {
  it.each<[string, ExposedService, Endpoint[], string[], Route]>([
    ['goes to the local endpoint under Local', local, [endpoint('b', ready), endpoint('a', ready)], [], to('a', 'a')],
    ['goes to any endpoint under Cluster', anywhere, [endpoint('b', ready)], [], to('a', 'b')],
    ['reads absent conditions as ready', anywhere, [endpoint('b', undefined)], [], to('a', 'b')],
    ['is dropped without a local endpoint', local, [endpoint('b', ready)], [], { kind: 'hang' }],
    ['is rejected without any endpoint', anywhere, [endpoint('b', down)], [], { kind: 'reset' }],
    ['falls back to one that shuts down', local, [endpoint('a', ending)], [], to('a', 'a')],
    [
      'prefers a ready one to one that shuts down',
      anywhere,
      [endpoint('a', ending), endpoint('b', ready)],
      [],
      to('a', 'b'),
    ],
    ['hangs when the node is dark', anywhere, [endpoint('b', ready)], ['a'], { kind: 'hang' }],
    [
      'hangs when the pod’s node is dark and no one knows yet',
      anywhere,
      [endpoint('b', ready)],
      ['b'],
      { kind: 'hang' },
    ],
    ['is refused when nothing listens in the pod', anywhere, [endpoint('gone', ready)], [], { kind: 'reset' }],
  ])('%s', (_, service, endpoints, dark, expected) => {
    expect(routeThroughNode(service, port, 'a', context(endpoints, dark))).toEqual(expected);
  });
});

describe('the probe of node a', () => {
  it.each<[string, ExposedService, Endpoint[], string[], boolean]>([
    ['succeeds with a ready local endpoint', local, [endpoint('a', ready)], [], true],
    ['fails as soon as the local endpoint shuts down', local, [endpoint('a', ending)], [], false],
    ['fails with endpoints elsewhere only', local, [endpoint('b', ready)], [], false],
    ['succeeds under Cluster with endpoints elsewhere', anywhere, [endpoint('b', ready)], [], true],
    ['fails under Cluster without endpoints', anywhere, [], [], false],
    ['fails when the node is dark', anywhere, [endpoint('b', ready)], ['a'], false],
  ])('%s', (_, service, endpoints, dark, expected) => {
    expect(answersProbe(service, 'a', context(endpoints, dark))).toBe(expected);
  });
});
