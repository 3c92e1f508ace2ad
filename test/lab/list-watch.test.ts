import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../src/kubernetes/api/types.js';
import { followList } from './list-watch.js';

const object = (name: string, version: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, resourceVersion: version },
});

interface Line {
  readonly type: string;
  readonly object: unknown;
}

/** Replays lists and streams in turn, and stops the follower after the last stream. */
async function play(
  lists: KubernetesObject[][],
  streams: (Line[] | Error)[],
): Promise<{ events: string[]; queries: string[] }> {
  const controller = new AbortController();
  const events: string[] = [];
  const queries: string[] = [];
  const done = new Promise<void>(resolve => {
    controller.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await followList({
    list: () => Promise.resolve({ metadata: { resourceVersion: `list-${lists.length}` }, items: lists.shift() ?? [] }),
    open: query => {
      queries.push(/resourceVersion=(.*)/.exec(query)?.[1] ?? '');
      const stream = streams.shift();
      if (!stream) controller.abort();
      return stream instanceof Error ? Promise.reject(stream) : Promise.resolve(inHalves(stream ?? []));
    },
    onEvent: event => events.push(`${event.type} ${event.object.metadata.name}`),
    signal: controller.signal,
  });
  await done;
  return { events, queries };
}

/** Chunks end anywhere, not at line ends. */
async function* inHalves(lines: readonly Line[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  const middle = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, middle);
  await Promise.resolve();
  yield bytes.subarray(middle);
}

describe('following a collection', () => {
  it('continues from the last version, bookmarks included, when the server ends the watch', async () => {
    const { events, queries } = await play(
      [[object('a', '1')]],
      [
        [
          { type: 'MODIFIED', object: object('a', '2') },
          { type: 'BOOKMARK', object: object('', '7') },
        ],
      ],
    );
    expect(events).toEqual(['ADDED a', 'MODIFIED a']);
    expect(queries).toEqual(['list-1', '7']);
  });

  it.each<[string, Line[] | Error]>([
    ['an expired version', [{ type: 'ERROR', object: { kind: 'Status', code: 410 } }]],
    ['a lost connection', new Error('socket hang up')],
  ])('lists again after %s and derives what was missed', async (_, failure) => {
    const { events } = await play(
      [
        [object('a', '1'), object('b', '1'), object('c', '1')],
        [object('a', '1'), object('b', '5'), object('d', '6')],
      ],
      [failure],
    );
    expect(events).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'DELETED c', 'MODIFIED b', 'ADDED d']);
  });
});
