import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../wait.js';
import { someOptions, somePod } from './fakes.js';
import { createMemberBench, type MemberBench } from './member-bench.js';

let bench: MemberBench;
beforeEach(() => {
  bench = createMemberBench();
});
afterEach(() => bench.members.stop());

describe('members over HTTP', () => {
  it('serve a browser, and deliver a message from one member to another', async () => {
    await bench.start(0, 1, 2);
    expect((await bench.call('migratorydata-0', '/')).text).toContain('MigratoryData');
    expect(await bench.produce('migratorydata-0', 'one')).toBe('OK');
    expect(await bench.produce('migratorydata-1', 'two')).toBe('OK');
    expect(await bench.history('migratorydata-2')).toEqual(['one', 'two']);
    expect(await bench.history('migratorydata-2', 'history=1')).toEqual(['two']);
    expect(await bench.history('migratorydata-2', 'epoch=1&seq=2')).toEqual(['two']);
    expect(await bench.history('migratorydata-2', 'epoch=1&seq=3')).toEqual([]);
  });

  it('respond with 404 under /rest unless Rest.Enable is true', async () => {
    bench.cluster.put(somePod({ ordinal: 0, options: someOptions({ 'Rest.Enable': 'false' }) }));
    await waitUntil(() => bench.members.list().length === 1, 'the member runs');
    expect((await bench.call('migratorydata-0', '/rest/consume?subject=s&token=t')).code).toBe(404);
  });

  it('read the entitlement token from a Secret by reference, deny any other, and keep it out of the log', async () => {
    bench.secrets['auth'] = { token: 'sesame' };
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'auth', key: 'token' } } }];
    const options = someOptions({ EntitlementAllowToken: '$(TOKEN)' });
    for (const ordinal of [0, 1]) bench.cluster.put(somePod({ ordinal, env, options }));
    await waitUntil(() => bench.members.list().length === 2, 'the members run');
    expect(await bench.produce('migratorydata-0', 'm', 'guess')).toBe('DENY');
    expect(await bench.produce('migratorydata-0', 'm', 'sesame')).toBe('OK');
    expect(bench.logOf('migratorydata-0')).toContain('EntitlementAllowToken=***');
    expect(bench.logOf('migratorydata-0')).not.toContain('sesame');
  });

  it('do not find a member with another cluster password', async () => {
    await bench.start(0, 1);
    bench.cluster.put(somePod({ ordinal: 2, options: someOptions({ ClusterPassword: 'another' }) }));
    await waitUntil(() => bench.members.list().length === 3, 'the members run');
    expect(bench.members.get('migratorydata-2').refusal).toBe(
      'its configuration differs from that of the members that run',
    );
    expect(await bench.produce('migratorydata-0', 'm')).toBe('OK');
    expect(await bench.produce('migratorydata-2', 'm')).toBe('FAILED');
    expect(await bench.history('migratorydata-2')).toEqual([]);
  });

  it('does not start without its Secret, says why, and starts once the Secret exists', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'auth', key: 'token' } } }];
    bench.cluster.put(somePod({ ordinal: 0, env }));
    await waitUntil(() => bench.members.startProblem('migratory/migratorydata-0') !== undefined, 'a problem');
    expect(bench.members.startProblem('migratory/migratorydata-0')).toBe('secret "auth" not found');
    bench.secrets['auth'] = { token: 'sesame' };
    await waitUntil(() => bench.members.list().length === 1, 'the member runs');
  });

  it('fail to produce when two seeds lose their power, and keep the former messages', async () => {
    await bench.start(0, 1, 2);
    await bench.produce('migratorydata-0', 'before');
    bench.cluster.dark.add('node-1').add('node-2');
    expect(await bench.produce('migratorydata-0', 'during')).toBe('FAILED');
    await waitUntil(() => bench.members.list().length === 1, 'the dark members are gone');
    bench.cluster.dark.clear();
    await waitUntil(() => bench.members.list().length === 3, 'they are back');
    expect(await bench.produce('migratorydata-1', 'after')).toBe('OK');
    expect(await bench.history('migratorydata-2')).toEqual(['before', 'after']);
    expect(bench.members.messages.map(({ status }) => status)).toEqual(['OK', 'FAILED', 'OK']);
  });

  it('have ended before their pods are deleted, and do not start again in between', async () => {
    await bench.start(0, 1);
    const pod = somePod({ ordinal: 0 });
    bench.cluster.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    await waitUntil(() => bench.members.list().length === 1, 'it has ended');
    bench.cluster.changed();
    expect(bench.members.list().map(({ name }) => name)).toEqual(['migratorydata-1']);
    expect(bench.logOf('migratorydata-1')).toContain('migratorydata-0.migratorydata-hs');
  });

  it('restart with an empty memory and a previous log when the container restarts', async () => {
    await bench.start(0);
    const first = bench.members.get('migratorydata-0');
    bench.cluster.put(somePod({ ordinal: 0, restartCount: 1 }));
    await waitUntil(() => bench.members.list().some(member => member !== first), 'the member restarted');
    expect(bench.logs.read('migratory/migratorydata-0')?.previous?.[0]?.text).toContain('Starting MigratoryData');
  });
});

describe('switches', () => {
  it('drop every third acknowledged message, and report the true fate', async () => {
    await bench.start(0, 1);
    bench.members.setMessageFaults({ drop: { everyNth: 3 } });
    for (const content of ['1', '2', '3', '4']) expect(await bench.produce('migratorydata-0', content)).toBe('OK');
    expect(await bench.history('migratorydata-1')).toEqual(['1', '2', '4']);
    expect(bench.members.messages.filter(({ fate }) => fate === 'dropped').map(({ content }) => content)).toEqual([
      '3',
    ]);
  });

  it('select messages by content', async () => {
    await bench.start(0, 1);
    bench.members.setMessageFaults({ duplicate: { when: (_, content) => content === 'b' } });
    for (const content of ['a', 'b']) await bench.produce('migratorydata-0', content);
    expect(await bench.history('migratorydata-1')).toEqual(['a', 'b', 'b']);
  });

  it('make one member hang or refuse while the others respond', async () => {
    await bench.start(0, 1, 2);
    bench.members.get('migratorydata-0').switches.fault = 'hang';
    bench.members.get('migratorydata-1').switches.fault = 'refuse';
    await expect(bench.call('migratorydata-0', '/', { timeoutMs: 1_000 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(bench.call('migratorydata-1', '/')).rejects.toMatchObject({ message: 'fetch failed' });
    expect((await bench.call('migratorydata-2', '/')).code).toBe(200);
  });

  it('delay responses', async () => {
    await bench.start(0, 1);
    bench.members.get('migratorydata-0').switches.answerDelayMs = 60;
    const startedMs = performance.now();
    await bench.produce('migratorydata-0', 'm');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });
});
