import { describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './client.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(sandbox: Sandbox, tool: string, argv: readonly string[], stdin?: string): Promise<Ended> {
  return new Promise(resolve => {
    const env = { ...sandbox.environment, AZURE_CLIENT_SECRET: 'hush' };
    const child = execFile(join(sandbox.environment['PATH'] ?? '', tool), argv, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}

describe('a fake program', () => {
  it('replies by the last rule that matches, its replies in turn', async () => {
    await using sandbox = await makeSandbox();
    sandbox.programs.on('az', { stdout: 'anything' });
    sandbox.programs.on('aks show', { stdout: 'Creating' }, { stdout: 'Succeeded', stderr: 'note', code: 3 });
    const outputs = [];
    for (const argv of [
      ['aks', 'show'],
      ['aks', 'show'],
      ['aks', 'show'],
      ['group', 'show'],
    ]) {
      outputs.push(await run(sandbox, 'az', argv));
    }
    expect(outputs).toEqual([
      { code: 0, stdout: 'Creating', stderr: '' },
      { code: 3, stdout: 'Succeeded', stderr: 'note' },
      { code: 3, stdout: 'Succeeded', stderr: 'note' },
      { code: 0, stdout: 'anything', stderr: '' },
    ]);
    expect(sandbox.programs.lines('az')).toEqual(['az aks show', 'az aks show', 'az aks show', 'az group show']);
    expect(sandbox.programs.unexpected).toEqual([]);
  });

  it('fails loudly without a scripted reply', async () => {
    await using sandbox = await makeSandbox();
    const { code, stderr } = await run(sandbox, 'az', ['aks', 'upgrade']);
    expect([code, stderr]).toEqual([97, 'ERROR: no answer scripted for: az aks upgrade\n']);
    expect(sandbox.programs.unexpected).toEqual(['az aks upgrade']);
  });

  it('reports the size of stdin and the names of the variables, but no content', async () => {
    await using sandbox = await makeSandbox();
    sandbox.programs.on('login', {});
    await run(sandbox, 'az', ['login', '--federated-token', '@-'], 'assertion');
    expect(sandbox.programs.invocations).toMatchObject([
      { stdinBytes: 9, variables: expect.arrayContaining(['AZURE_CLIENT_SECRET', 'AZURE_CONFIG_DIR']) },
    ]);
    expect(JSON.stringify(sandbox.programs.invocations)).not.toMatch(/assertion|hush/);
  });

  it('hangs until a signal ends it, and reports which', async () => {
    await using sandbox = await makeSandbox();
    sandbox.programs.on('aks create', { hang: true, ignores: ['SIGINT'] });
    const child = spawn(join(sandbox.environment['PATH'] ?? '', 'az'), ['aks', 'create'], { env: sandbox.environment });
    const exited = once(child, 'exit');
    const invocation = await sandbox.programs.called('aks create');
    expect(invocation.pid).toBe(child.pid);
    expect(sandbox.programs.running()).toEqual([invocation]);
    while (!invocation.signals.includes('SIGINT')) {
      child.kill('SIGINT');
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    child.kill('SIGTERM');
    expect(await exited).toEqual([143, null]);
    while (!invocation.ended) await new Promise(resolve => setImmediate(resolve));
    expect(invocation.signals.at(-1)).toBe('SIGTERM');
  });
});

describe('the fake kubectl', () => {
  it('serves the API on the given socket', async () => {
    await using sandbox = await makeSandbox();
    const socket = join(sandbox.temp, 'k8s.sock');
    const proxy = spawn(join(sandbox.environment['PATH'] ?? '', 'kubectl'), ['proxy', `--unix-socket=${socket}`], {
      env: sandbox.environment,
    });
    await once(proxy.stdout, 'data');
    expect(await ask(socket, { path: '/version' })).toMatchObject({ status: 200, body: { gitVersion: 'v1.36.3' } });
    const ended = once(proxy, 'exit');
    proxy.kill('SIGINT');
    await ended;
    expect(sandbox.kubernetes.lines()).toEqual(['GET /version']);
  });

  it('prints its version, and concatenates what a kustomization names', async () => {
    await using sandbox = await makeSandbox();
    const version = JSON.parse((await run(sandbox, 'kubectl', ['version', '--client', '-o', 'json'])).stdout) as object;
    expect(version).toMatchObject({ clientVersion: { gitVersion: 'v1.36.3' } });
    const folder = join(sandbox.folder, 'patches');
    await mkdir(folder);
    await writeFile(join(folder, 'kustomization.yaml'), 'resources: [b.yaml, a.yaml]\n');
    await writeFile(join(folder, 'a.yaml'), 'kind: A\n');
    await writeFile(join(folder, 'b.yaml'), 'kind: B\n');
    expect((await run(sandbox, 'kubectl', ['kustomize', folder])).stdout).toBe('kind: B\n---\nkind: A\n');
    expect((await run(sandbox, 'kubectl', ['kustomize', '/nowhere'])).code).toBe(1);
  });
});

describe('a sandbox', () => {
  it('has only the requested programs on PATH, and leaves nothing', async () => {
    const sandbox = await makeSandbox({ tools: ['kubectl'] });
    expect((await readdir(sandbox.environment['PATH'] ?? '')).sort()).toEqual(['kubectl', 'node']);
    const child = spawn(join(sandbox.environment['PATH'] ?? '', 'kubectl'), ['get', 'pods'], { env: {} });
    sandbox.programs.on('get pods', { hang: true, ignores: ['SIGINT', 'SIGTERM'] });
    await sandbox.programs.called('get pods');
    const exited = once(child, 'exit');
    await sandbox[Symbol.asyncDispose]();
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(existsSync(sandbox.folder)).toBe(false);
  });
});
