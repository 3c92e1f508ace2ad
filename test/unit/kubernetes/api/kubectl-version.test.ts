import { describe, expect, it } from '@jest/globals';
import {
  explainSkew,
  parseVersion,
  readKubectlVersion,
  waitForApi,
} from '../../../../src/kubernetes/api/kubectl-version.js';
import { ScriptedRunner } from '../../fakes.js';
import { FakeCluster, once, refuse, reply } from '../fake-cluster.js';

const v = (minor: number): { major: number; minor: number; text: string } => ({
  major: 1,
  minor,
  text: `v1.${minor}.0`,
});
const info = (minor: string, gitVersion = `v1.${minor}.0`): { major: string; minor: string; gitVersion: string } => ({
  major: '1',
  minor,
  gitVersion,
});
const signal = new AbortController().signal;

describe('kubectl and server versions', () => {
  it.each([
    ['a release', info('34', 'v1.34.2'), { major: 1, minor: 34, text: 'v1.34.2' }],
    ['a minor with a plus sign', info('33+', 'v1.33.1-gke'), { major: 1, minor: 33, text: 'v1.33.1-gke' }],
    ['a development server', info('36', 'v0.0.0-master'), { major: 1, minor: 36, text: 'v1.36' }],
    ['a development client', { major: '', minor: '', gitVersion: 'v0.0.0' }, undefined],
  ])('are parsed for %s', (_, text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each([
    [v(34), v(35), undefined],
    [v(33), v(35), 'more than one minor version apart'],
    [v(36), v(34), 'more than one minor version apart'],
    [undefined, v(35), undefined],
  ])('are compared: kubectl %p, server %p', (kubectl, server, warning) => {
    if (warning === undefined) expect(explainSkew(kubectl, server)).toBeUndefined();
    else expect(explainSkew(kubectl, server)).toContain(warning);
  });

  it('are not read from output with a line of a wrapper', async () => {
    const stdout = `kubectl wrapper 3\n${JSON.stringify({ clientVersion: info('34') })}`;
    const runner = new ScriptedRunner().on('version --client', { stdout });
    await expect(readKubectlVersion(runner, signal)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('its output is not JSON; it begins with "kubectl wrapper 3') as unknown,
    });
  });

  it('reject a kubectl that is too old', async () => {
    const runner = new ScriptedRunner().on('version --client', {
      stdout: JSON.stringify({ clientVersion: info('26') }),
    });
    await expect(readKubectlVersion(runner, signal)).rejects.toMatchObject({ code: 'tool-too-old' });
    const newer = new ScriptedRunner().on('version --client', {
      stdout: JSON.stringify({ clientVersion: info('34') }),
    });
    expect(await readKubectlVersion(newer, signal)).toEqual(v(34));
  });

  it('are retried while the name of the server cannot be resolved', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(
      once(
        () => true,
        response => {
          response.writeHead(500).end('dial tcp: lookup x: no such host');
        },
        2,
      ),
    );
    cluster.scripts.push((_, response) => {
      reply(response, 200, info('34'));
      return true;
    });
    expect(await waitForApi(cluster.api(), 5_000)).toEqual(v(34));
    expect(cluster.received).toHaveLength(3);
  });

  it('are not retried when the server denies access', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push((_, response) => {
      refuse(response, 403, 'Forbidden');
      return true;
    });
    await expect(waitForApi(cluster.api(), 5_000)).rejects.toMatchObject({ code: 'api-forbidden' });
    expect(cluster.received).toHaveLength(1);
  });
});
