import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toActionError } from '../../../src/errors/action-error.js';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { checkMemberAnswers } from '../../../src/step-context/member-answers.js';
import { type FakeCluster, refuse } from '../kubernetes/fake-cluster.js';
import { namespace, podOf, pods, setOf } from '../kubernetes/samples.js';
import { OperationBench } from '../operations/support.js';

/** How members answer; with `hang`, they accept the connection and say nothing. */
type Reply = 'hang' | readonly [status: number, body: object | string];

let bench: OperationBench;
let cluster: FakeCluster;
const members: readonly Pod[] = [0, 1, 2].map(ordinal => podOf(ordinal));

beforeEach(async () => {
  bench = await OperationBench.start('verify');
  ({ cluster } = bench);
  for (const member of members) cluster.put(pods, member);
});

afterEach(() => bench[Symbol.asyncDispose]());

function replyFor(ordinals: readonly number[], how: Reply, times = Infinity): void {
  let left = times;
  cluster.scripts.unshift(({ path }, response) => {
    if (!ordinals.some(ordinal => path.includes(`-${ordinal}:8800/proxy`)) || left === 0) return false;
    left -= 1;
    if (how !== 'hang') response.writeHead(how[0]).end(typeof how[1] === 'string' ? how[1] : JSON.stringify(how[1]));
    return true;
  });
}

/** Returns what the user reads: notes, warnings, and the error if there is one. */
async function check(): Promise<readonly string[]> {
  const told: string[] = [];
  const api = cluster.api(bench.stop.signal, bench.clock);
  const asked = { namespace, statefulSet: setOf(3), pods: members };
  try {
    await checkMemberAnswers(bench.context, api, asked, note => told.push(note));
  } catch (error) {
    const { code, message } = toActionError(error);
    told.push(`${code}: ${message}`);
  }
  return [...told, ...bench.context.journal.report.warnings, ...cluster.warnings];
}

const unreached = {
  kind: 'Status',
  message: 'error trying to reach service: dial tcp 10.0.0.9:8800: connection refused',
};
const allAnswer = 'Each member answers a request of its own.';
const noneAnswers = expect.stringMatching(/^Not verified whether each member answers: the API server gets no answer /);

describe('the answer of each member', () => {
  it('is asked for through the API server, once', async () => {
    expect(await check()).toEqual([allAnswer]);
    expect(cluster.received.map(({ path }) => path).sort()).toEqual(
      [0, 1, 2].map(ordinal => `${pods}/http:migratorydata-${ordinal}:8800/proxy/`),
    );
  });

  it.each<[string, Reply, string]>([
    ['that hangs', 'hang', 'no answer'],
    ['that refuses connections', [503, unreached], 'not reached'],
  ])('of a member %s is missing, and the error names it', async (_, how, words) => {
    replyFor([1], how);
    expect(await check()).toEqual([
      `member-not-answering: For 10 s, GET / on port 8800 through the API server got no answer from migratorydata-1 on node n1 (${words}), but one from migratorydata-0, migratorydata-2.`,
    ]);
    // The others are not asked again.
    expect(cluster.received.filter(({ path }) => path.includes('-0:8800'))).toHaveLength(1);
  });

  it('may come late, or from a member that is replaced', async () => {
    replyFor([1], 'hang', 2);
    cluster.delete(`${pods}/migratorydata-2`);
    bench.clock.at(5_000, () => cluster.put(pods, members[2] ?? podOf(2)));
    expect(await check()).toEqual([allAnswer]);
  });

  it.each<[string, Reply]>([
    ['a policy of the network drops', 'hang'],
    ['a mesh refuses', [503, unreached]],
  ])('is a warning when %s the requests to all of them', async (_, how) => {
    replyFor([0, 1, 2], how);
    expect(await check()).toEqual([noneAnswers]);
  });

  it('is a warning where the API server cannot ask one', async () => {
    replyFor([2], [500, { kind: 'Status', message: 'etcdserver: no leader' }]);
    expect(await check()).toEqual(['Not verified whether migratorydata-2 answers: the API server cannot ask it.']);
  });

  it('is a warning, at once, without the permission', async () => {
    cluster.scripts.unshift((_received, response) => {
      refuse(response, 403, 'Forbidden', { message: 'pods "http:migratorydata-0:8800" is forbidden' });
      return true;
    });
    expect((await check())[0]).toMatch(
      /^This step cannot see whether each member answers: pods .* is forbidden\. docs/,
    );
    expect([bench.clock.now(), cluster.received.length]).toEqual([0, 3]);
  });
});
