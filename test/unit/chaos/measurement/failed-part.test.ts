import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../../../../src/chaos/measurement/attempt-series.js';
import { type BothViews, countFailedParts } from '../../../../src/chaos/measurement/failed-part.js';
import type { Transition } from '../../../../src/chaos/measurement/lanes.js';

const attempt = (atMs: number, ok: boolean): Attempt => ({ atMs, ms: 10, ok, failure: ok ? '' : 'x', local: false });
/** One attempt per second for 100 s; those from one second until another fail. */
const member = (name: string, fromSecond = Infinity, untilSecond = Infinity) => ({
  name,
  attempts: Array.from({ length: 100 }, (_, second) =>
    attempt(second * 1_000, second < fromSecond || second >= untilSecond),
  ),
});
const at = (
  kind: 'node' | 'member',
  name: string,
  second: number,
  state: Transition['state'],
  node = '',
): Transition => ({
  ...{ kind, name, atMs: second * 1_000, state, uid: state === 'absent' ? '' : name, node },
});
const placed = [at('member', 'm-0', 0, 'ready', 'a'), at('member', 'm-1', 0, 'ready', 'b')];

/** Returns the part at which a connection failed that began at 20.2 s. */
function partOf(views: Partial<BothViews>): string {
  const counts = countFailedParts({
    ...{ failures: [attempt(20_200, false)], controlOutages: [], members: [member('m-0'), member('m-1')] },
    ...{ inside: [], transitions: placed, stopped: [] },
    ...views,
  });
  const [found = ''] = Object.entries(counts).flatMap(([part, count]) => (count === 1 ? [part] : []));
  return found;
}

const insideTold = (fromSecond?: number, untilSecond?: number) => member('', fromSecond, untilSecond).attempts;
const unreached = [member('m-0', 0), member('m-1', 0)];
const silentB = [member('m-0'), member('m-1', 18, 30)];

describe('the part of the way at which a connection failed', () => {
  it.each<[string, string, Partial<BothViews>]>([
    ['loadBalancer', 'all members answered through the API server', {}],
    ['runner', 'the control failed as well', { controlOutages: [{ fromMs: 20_000, toMs: 20_400 }] }],
    ['runner', 'it failed on the runner itself', { failures: [{ ...attempt(20_200, false), local: true }] }],
    ['member', 'a member was silent', { members: silentB }],
    ['member', 'a member answered until then, and not a second later', { members: [member('m-1', 21, 30)] }],
    ['loadBalancer', 'a member was silent at another time', { members: [member('m-0'), member('m-1', 40, 50)] }],
    ['node', 'the fault stops the node of a silent member', { members: silentB, stopped: ['b'] }],
    ['member', 'the fault stops another node', { members: silentB, stopped: ['a'] }],
    [
      'node',
      'Kubernetes notices later that the node of a silent member is lost',
      { members: silentB, transitions: [...placed, at('node', 'b', 65, 'not-ready')] },
    ],
    ['node', 'that node is gone', { members: silentB, transitions: [...placed, at('node', 'b', 19, 'absent')] }],
    [
      'member',
      'the node of a silent member was lost much later',
      { members: silentB, transitions: [...placed, at('node', 'b', 95, 'not-ready')] },
    ],
    ['loadBalancer', 'the probe inside succeeded', { members: unreached, inside: insideTold() }],
    ['loadBalancer', 'the probe inside failed at another time', { inside: insideTold(40, 50) }],
    ['member', 'the probe inside failed as well', { inside: insideTold(20, 22) }],
    [
      'member',
      'the probe inside failed, and the API server reaches no member',
      { members: [], inside: insideTold(20, 22) },
    ],
    [
      'node',
      'the probe inside failed, and the fault stops the node of a member',
      { inside: insideTold(20, 22), stopped: ['b'] },
    ],
    [
      'member',
      'the probe inside failed, and the fault stops a node without members',
      { inside: insideTold(20, 22), stopped: ['c'] },
    ],
    [
      'runner',
      'the probe inside failed, and the control as well',
      { inside: insideTold(20, 22), controlOutages: [{ fromMs: 20_000, toMs: 20_400 }] },
    ],
    ['loadBalancer', 'nothing is known of the probe inside since it failed', { inside: insideTold(10).slice(0, 13) }],
    ['unknown', 'the API server has never reached a member', { members: [member('m-0', 0), member('m-1', 0)] }],
    ['loadBalancer', 'the API server has never reached one of them', { members: [member('m-0'), member('m-1', 0)] }],
    ['unknown', 'the API server did not tell', { members: [{ name: 'm-0', attempts: [attempt(9_000, true)] }] }],
  ])('is %s if %s', (part, _when, views) => {
    expect(partOf(views)).toBe(part);
  });
});
