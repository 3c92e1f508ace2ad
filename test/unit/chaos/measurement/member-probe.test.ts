import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type MemberProbe, startMemberProbe } from '../../../../src/chaos/measurement/member-probe.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { namespace, podOf, pods } from '../../kubernetes/samples.js';

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  for (const ordinal of [0, 1]) cluster.put(pods, podOf(ordinal));
});

afterEach(() => cluster[Symbol.asyncDispose]());

const proxied = ['http:migratorydata-0:8800', 'http:migratorydata-1:8800'];

/** Asks each member once. */
async function askOnce(names = ['migratorydata-1', 'migratorydata-0']): Promise<MemberProbe> {
  const api = cluster.api();
  const probe = startMemberProbe(api, { namespace, port: 8800, names: () => names, t0Ms: api.clock.now() });
  await new Promise(setImmediate);
  await probe.stop();
  return probe;
}

const answersOf = (probe: MemberProbe): unknown =>
  probe
    .members()
    .map(({ name, attempts, notAsked }) => [
      name,
      attempts.map(({ failure }) => failure),
      ...(notAsked ? [notAsked] : []),
    ]);

/** Answers for the second member. */
function answerForSecond(status: number, body: object | string): void {
  cluster.scripts.push(({ path }, response) => {
    if (!path.includes(`${proxied[1] ?? ''}/proxy`)) return false;
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    return true;
  });
}

const notAsked = (reason: string): readonly unknown[] => [[], { attempts: 1, reason: expect.stringContaining(reason) }];
const unreached = 'error trying to reach service: dial tcp 10.244.1.3:8800: connect: connection refused';

describe('the second vantage point', () => {
  it('asks each member through the API server, and shows no token to it', async () => {
    const answers = answersOf(await askOnce());
    expect(cluster.received.map(({ path, query }) => [path, query.toString()]).sort()).toEqual(
      proxied.map(name => [`/api/v1/namespaces/${namespace}/pods/${name}/proxy/`, '']),
    );
    expect(answers).toEqual([
      ['migratorydata-0', ['']],
      ['migratorydata-1', ['']],
    ]);
  });

  it.each<[string, number, object | string, readonly unknown[]]>([
    ['without a welcome page answers', 404, '<title>no page</title>', [['']]],
    ['that waits for a node is absent', 400, { kind: 'Status', message: 'address not allowed' }, [['absent']]],
    ['that refuses connections', 503, { kind: 'Status', message: unreached }, [['not reached']]],
    [
      'behind an API server without etcd is unknown',
      500,
      { kind: 'Status', message: 'etcdserver: no leader' },
      notAsked('etcdserver: no leader'),
    ],
    [
      'behind a kubectl that reaches nothing is unknown',
      502,
      'dial tcp 10.0.0.1:443: i/o timeout',
      notAsked('dial tcp 10.0.0.1:443: i/o timeout'),
    ],
  ])('a member %s', async (_what, status, body, seen) => {
    answerForSecond(status, body);
    expect(answersOf(await askOnce())).toEqual([
      ['migratorydata-0', ['']],
      ['migratorydata-1', ...seen],
    ]);
  });

  it('a member that is replaced is absent for some time', async () => {
    cluster.delete(`${pods}/migratorydata-1`);
    expect(answersOf(await askOnce(['migratorydata-1']))).toEqual([['migratorydata-1', ['absent']]]);
  });

  it('does not hold the end of the step against a member', async () => {
    const ending = new AbortController();
    cluster.scripts.push(() => {
      ending.abort();
      return true;
    });
    const api = cluster.api(ending.signal);
    const options = { namespace, port: 8800, names: () => ['migratorydata-1'], t0Ms: api.clock.now() };
    const probe = startMemberProbe(api, options);
    await new Promise<void>(resolve => {
      ending.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    await probe.stop();
    expect(answersOf(probe)).toEqual([['migratorydata-1', []]]);
  });

  it('says once what is not seen without the permission', async () => {
    cluster.scripts.push((_received, response) => {
      refuse(response, 403, 'Forbidden', { message: 'pods is forbidden' });
      return true;
    });
    const probe = await askOnce();
    expect(probe.members()).toEqual([]);
    expect(cluster.warnings[0]).toMatch(/^This step cannot see whether members answer .*: pods is forbidden\./);
  });
});
