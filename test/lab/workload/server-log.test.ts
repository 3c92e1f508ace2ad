import { describe, expect, it } from '@jest/globals';
import { createServerLogs, formatLog, readLogQuery } from './server-log.js';

const nowMs = Date.UTC(2026, 0, 1, 12);
const lines = ['one', 'two', 'three'].map((text, index) => ({ at: new Date(nowMs - 30_000 + index * 10_000), text }));

describe('the log of kubelet', () => {
  it.each([
    ['', 'one\ntwo\nthree\n'],
    ['tailLines=1', 'three\n'],
    ['tailLines=0', ''],
    ['sinceSeconds=20', 'two\nthree\n'],
    ['sinceTime=2026-01-01T11:59:50Z', 'three\n'],
    ['limitBytes=5', 'one\nt'],
    ['tailLines=1&timestamps=true', '2026-01-01T11:59:50.000Z three\n'],
  ])('%s', (query, expected) => {
    expect(formatLog(lines, readLogQuery(new URLSearchParams(query), nowMs))).toBe(expected);
  });
});

describe('the logs of a pod', () => {
  const texts = (all: readonly { readonly text: string }[] | undefined): string[] | undefined =>
    all?.map(({ text }) => text);

  it('become the previous log when the same pod starts again, and disappear with a new pod', () => {
    const logs = createServerLogs();
    logs.begin('ns/p', 'uid-1');
    logs.write('ns/p', 'first');
    logs.begin('ns/p', 'uid-1');
    expect(texts(logs.read('ns/p')?.previous)).toEqual(['first']);
    logs.begin('ns/p', 'uid-2');
    expect(logs.read('ns/p')).toMatchObject({ current: [], previous: undefined });
  });

  it('can be scripted for a crashing container, before its pod exists', () => {
    const logs = createServerLogs();
    logs.script('ns/p', { previous: ['Error: Could not find or load main class'] });
    logs.begin('ns/p', 'uid-1');
    logs.write('ns/p', 'not shown');
    expect(texts(logs.read('ns/p')?.previous)).toEqual(['Error: Could not find or load main class']);
    expect(logs.read('ns/p')?.current).toEqual([]);
  });

  it('reach a follower until it stops', () => {
    const logs = createServerLogs();
    const seen: string[] = [];
    logs.begin('ns/p', 'uid-1');
    const leave = logs.follow('ns/p', ({ text }) => seen.push(text));
    logs.write('ns/p', 'a');
    leave();
    logs.write('ns/p', 'b');
    expect(seen).toEqual(['a']);
  });
});
